//! Puts what arrives on four ways in the order in which it was sent: text on standard output and standard error, and what
//! has a number, whose mark is in the text.

use std::collections::{BTreeMap, VecDeque};

use dlnotes_display::cells::protocol::{Place, Reply};
use serde_json::Value;

use super::marks::{Marks, Part};
use crate::Stream;

/// Something that arrives with a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Numbered {
    /// A display record.
    Record(Value),
    /// An answer, which is the end of what was asked for.
    Reply(Reply),
}

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// Text, as it was written.
    Text(Stream, Vec<u8>),
    /// Something with a number.
    Numbered(Numbered),
}

/// What has arrived and has to wait for what belongs before it.
#[derive(Debug)]
pub(super) struct Order {
    out: Lane,
    err: Lane,
    numbered: BTreeMap<u64, (Place, Numbered)>,
    /// The last number that was handed out. They are counted without a gap.
    shown: u64,
}

/// One of the two streams.
#[derive(Debug)]
struct Lane {
    marks: Marks,
    parts: VecDeque<Part>,
    open: bool,
}

impl Lane {
    fn new(token: &str) -> Self {
        Self { marks: Marks::new(token), parts: VecDeque::new(), open: true }
    }

    /// Nothing of it is missing before the mark with this number: marks are in order.
    fn has_reached(&self, number: u64) -> bool {
        match self.parts.front() {
            Some(Part::Mark(mark)) => *mark >= number,
            Some(Part::Text(_)) => false,
            None => !self.open,
        }
    }

    fn take_text(&mut self) -> Option<Vec<u8>> {
        match self.parts.pop_front()? {
            Part::Text(text) => Some(text),
            mark => {
                self.parts.push_front(mark);
                None
            }
        }
    }

    fn drop_marks_through(&mut self, number: u64) {
        while self.parts.front().is_some_and(|part| matches!(part, Part::Mark(mark) if *mark <= number)) {
            self.parts.pop_front();
        }
    }
}

impl Order {
    /// Nothing has arrived; marks have this token.
    pub(super) fn new(token: &str) -> Self {
        Self { out: Lane::new(token), err: Lane::new(token), numbered: BTreeMap::new(), shown: 0 }
    }

    /// Text has arrived.
    pub(super) fn text(&mut self, stream: Stream, bytes: &[u8]) {
        let lane = self.lane(stream);
        let parts = lane.marks.push(bytes);
        lane.parts.extend(parts);
    }

    /// Nothing more will come on this stream.
    pub(super) fn closed(&mut self, stream: Stream) {
        let lane = self.lane(stream);
        lane.open = false;
        let rest = lane.marks.finish();
        if !rest.is_empty() {
            lane.parts.push_back(Part::Text(rest));
        }
    }

    /// Something with a number has arrived.
    pub(super) fn numbered(&mut self, place: Place, what: Numbered) {
        self.numbered.insert(place.number, (place, what));
    }

    /// Whether more of a stream is wanted: not while it waits at a mark.
    pub(super) fn wants(&self, stream: Stream) -> bool {
        match stream {
            Stream::Out => self.out.parts.is_empty(),
            Stream::Err => self.err.parts.is_empty(),
        }
    }

    /// The number that something waits for: its mark, or what the mark stands for.
    pub(super) fn awaited(&self) -> Option<u64> {
        let waits = !self.numbered.is_empty() || !self.out.parts.is_empty() || !self.err.parts.is_empty();
        waits.then_some(self.shown + 1)
    }

    /// What comes next, if it is known.
    pub(super) fn next(&mut self) -> Option<Next> {
        loop {
            for stream in [Stream::Out, Stream::Err] {
                if let Some(text) = self.lane(stream).take_text() {
                    return Some(Next::Text(stream, text));
                }
            }
            // What a mark stands for may still be on its way: only what has been shown is done with.
            let before = self.out.parts.len() + self.err.parts.len();
            self.out.drop_marks_through(self.shown);
            self.err.drop_marks_through(self.shown);
            if self.out.parts.len() + self.err.parts.len() < before {
                continue;
            }
            let (number, (place, _)) = self.numbered.first_key_value()?;
            let reached = |lane: &Lane, marked: bool| !marked || lane.has_reached(*number);
            let is_next = *number <= self.shown + 1;
            return (is_next && reached(&self.out, place.out) && reached(&self.err, place.err))
                .then(|| self.take_first())
                .flatten();
        }
    }

    /// What comes next, although something that was announced doesn't come: a mark, or what a mark stands for.
    pub(super) fn next_at_any_cost(&mut self) -> Option<Next> {
        self.next().or_else(|| self.take_first()).or_else(|| {
            let marks = [&self.out, &self.err].map(|lane| lane.parts.iter().filter_map(Part::number).next());
            self.shown = marks.into_iter().flatten().min()?;
            self.next()
        })
    }

    fn take_first(&mut self) -> Option<Next> {
        let (number, (_, what)) = self.numbered.pop_first()?;
        self.shown = self.shown.max(number);
        Some(Next::Numbered(what))
    }

    fn lane(&mut self, stream: Stream) -> &mut Lane {
        match stream {
            Stream::Out => &mut self.out,
            Stream::Err => &mut self.err,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dlnotes_display::cells::protocol::mark;

    fn record(number: u64) -> Numbered {
        Numbered::Record(number.into())
    }

    fn place(number: u64, out: bool, err: bool) -> Place {
        Place { number, out, err }
    }

    fn all(order: &mut Order) -> Vec<String> {
        std::iter::from_fn(|| order.next())
            .map(|next| match next {
                Next::Text(Stream::Out, text) => format!("out {}", String::from_utf8_lossy(&text)),
                Next::Text(Stream::Err, text) => format!("err {}", String::from_utf8_lossy(&text)),
                Next::Numbered(Numbered::Record(value)) => value.to_string(),
                Next::Numbered(Numbered::Reply(reply)) => format!("{reply:?}"),
            })
            .collect()
    }

    #[test]
    fn a_record_waits_for_its_mark_on_both_streams() {
        let mut order = Order::new("t");
        order.numbered(place(1, true, true), record(1));
        order.text(Stream::Out, format!("a{}b{}c", mark("t", 1), mark("t", 2)).as_bytes());
        assert_eq!(all(&mut order), ["out a"]);
        assert!(!order.wants(Stream::Out) && order.wants(Stream::Err));
        assert_eq!(order.awaited(), Some(1));
        order.numbered(place(2, true, true), Numbered::Reply(Reply::Done));
        order.text(Stream::Err, format!("x{}", mark("t", 1)).as_bytes());
        assert_eq!(all(&mut order), ["err x", "1", "out b"]);
        order.text(Stream::Err, format!("y{}z", mark("t", 2)).as_bytes());
        assert_eq!(all(&mut order), ["err y", "Done", "out c", "err z"]);
        assert!(order.wants(Stream::Out));
        assert_eq!(order.awaited(), None);
    }

    #[test]
    fn a_record_without_marks_comes_at_once() {
        let mut order = Order::new("t");
        order.text(Stream::Out, b"a");
        order.numbered(place(1, false, false), record(1));
        assert_eq!(all(&mut order), ["out a", "1"]);
    }

    #[test]
    fn a_mark_waits_for_what_it_stands_for() {
        let mut order = Order::new("t");
        order.text(Stream::Out, format!("a{}b{}c", mark("t", 1), mark("t", 2)).as_bytes());
        order.text(Stream::Err, mark("t", 1).as_bytes());
        assert_eq!(all(&mut order), ["out a"]);
        assert_eq!(order.awaited(), Some(1));
        // A later one that is here already doesn't overtake it.
        order.numbered(place(2, true, false), Numbered::Reply(Reply::Done));
        assert_eq!(all(&mut order), [""; 0]);
        order.numbered(place(1, true, true), record(1));
        assert_eq!(all(&mut order), ["1", "out b", "Done", "out c"]);
        assert_eq!(order.awaited(), None);
    }

    #[test]
    fn a_mark_of_what_never_comes_holds_nothing_for_ever() {
        let mut order = Order::new("t");
        order.text(Stream::Out, format!("a{}b", mark("t", 7)).as_bytes());
        assert_eq!(all(&mut order), ["out a"]);
        assert_eq!(order.awaited(), Some(1));
        assert_eq!(order.next_at_any_cost(), Some(Next::Text(Stream::Out, b"b".to_vec())));
        assert_eq!((order.next_at_any_cost(), order.awaited()), (None, None));
        // Should it come after all, it is shown.
        order.numbered(place(7, true, false), record(7));
        order.text(Stream::Out, mark("t", 8).as_bytes());
        order.numbered(place(8, true, false), Numbered::Reply(Reply::Done));
        assert_eq!(all(&mut order), ["7", "Done"]);
    }

    #[test]
    fn a_mark_that_does_not_come_holds_nothing_for_ever() {
        let mut order = Order::new("t");
        order.numbered(place(1, true, true), record(1));
        order.text(Stream::Out, mark("t", 1).as_bytes());
        assert_eq!(all(&mut order), [""; 0]);
        assert_eq!(order.next_at_any_cost(), Some(Next::Numbered(record(1))));
        assert_eq!(order.next_at_any_cost(), None);
        assert!(order.wants(Stream::Out));
        // A later mark, or the end of a stream, says that it won't come.
        order.numbered(place(2, true, true), record(2));
        order.numbered(place(3, true, true), record(3));
        order.text(Stream::Out, format!("{}{}", mark("t", 2), mark("t", 3)).as_bytes());
        order.text(Stream::Err, mark("t", 3).as_bytes());
        assert_eq!(all(&mut order), ["2", "3"]);
        order.numbered(place(4, true, false), record(4));
        order.closed(Stream::Out);
        assert_eq!(all(&mut order), ["4"]);
    }
}
