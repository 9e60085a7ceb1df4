//! What the kernel and the process that runs cells say to each other, on a socket of their own.
//!
//! A message is a [frame](Frames). What the process says begins with a [`Place`], so that it can be put in order with
//! what cells print; a display record on its own descriptor is such a frame too, with the record's JSON behind the place.
#![doc(hidden)]

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

pub use super::frame::{Frames, Garbled};
use super::frame::{Reader, Writer};

/// What the kernel asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The first one.
    Begin {
        /// What marks on the standard streams are known by; nobody could guess it.
        token: String,
        /// The user's own `LD_LIBRARY_PATH`, which was another one for the dynamic linker.
        library_path: Option<OsString>,
    },
    /// Open a shared library for all that follow.
    Open(PathBuf),
    /// Run a cell.
    Run {
        /// Its library.
        library: PathBuf,
        /// The slots whose values it takes.
        taken: Vec<usize>,
        /// Whether a reader can move controls that it shows.
        has_reader: bool,
    },
    /// Drop the values in these slots.
    Drop(Vec<usize>),
    /// Call the closure of a panel.
    Call {
        /// Its number.
        panel: u64,
        /// Where its controls stand.
        at: Vec<f64>,
    },
    /// Drop the closures of these panels.
    Forget(Vec<u64>),
    /// The controls of a panel stand elsewhere now; obeyed at once, even while a cell runs, and not answered.
    Steer {
        /// Its number.
        panel: u64,
        /// Where they stand.
        at: Vec<f64>,
    },
}

/// Where among the marks on the standard streams something belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Number of the mark, counted up from 1; 0 for what belongs nowhere.
    pub number: u64,
    /// Whether the mark is on standard output.
    pub out: bool,
    /// Whether it is on standard error.
    pub err: bool,
}

/// What the process answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is set up.
    Ready,
    /// A cell, or a destructor, starts: from now on it can be interrupted.
    Started,
    /// Done as asked.
    Done,
    /// A library could not be loaded.
    NotLoaded(String),
    /// The cell is over.
    Ran {
        /// New variables.
        kept: Vec<Kept>,
        /// How the cell ended.
        ending: Ending,
        /// How long it ran, in nanoseconds.
        nanoseconds: u64,
        /// Panels that it showed, whose closures can be called.
        panels: Vec<u64>,
    },
    /// The call of a closure is over.
    Called(Ending),
}

/// A value that a cell left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The variable.
    pub name: String,
    /// Where it is.
    pub slot: usize,
    /// `std::any::type_name`.
    pub type_name: String,
    /// In bytes.
    pub size: usize,
    /// In bytes.
    pub align: usize,
}

/// How a cell's code ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ran to its end.
    Completed,
    /// It was left by `?`.
    Left {
        /// What the error says.
        message: String,
        /// The file of the `?`.
        file: String,
        /// Its line.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// It panicked; a record tells where.
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// It left because the reader asked it to.
    Interrupted,
}

impl Command {
    /// Its frame.
    pub fn encode(&self) -> Vec<u8> {
        let writer = Writer::new();
        match self {
            Self::Begin { token, library_path } => {
                let path = library_path.as_ref().map_or(&[][..], |path| path.as_bytes());
                writer.number(0).text(token.as_bytes()).number(library_path.is_some().into()).text(path)
            }
            Self::Open(library) => writer.number(1).text(library.as_os_str().as_bytes()),
            Self::Run { library, taken, has_reader } => {
                writer.number(2).text(library.as_os_str().as_bytes()).numbers(taken).number((*has_reader).into())
            }
            Self::Drop(slots) => writer.number(3).numbers(slots),
            Self::Call { panel, at } => writer.number(4).number(*panel).reals(at),
            Self::Forget(panels) => writer.number(5).all(panels),
            Self::Steer { panel, at } => writer.number(6).number(*panel).reals(at),
        }
        .finish()
    }

    /// What a frame says, without its length.
    pub fn decode(frame: &[u8]) -> Result<Self, Garbled> {
        let mut reader = Reader(frame);
        Ok(match reader.number()? {
            0 => {
                let token = reader.string()?;
                let (is_set, path) = (reader.number()? != 0, reader.text()?);
                Self::Begin { token, library_path: is_set.then(|| OsString::from_vec(path.to_vec())) }
            }
            1 => Self::Open(reader.path()?),
            2 => Self::Run { library: reader.path()?, taken: reader.numbers()?, has_reader: reader.number()? != 0 },
            3 => Self::Drop(reader.numbers()?),
            4 => Self::Call { panel: reader.number()?, at: reader.reals()? },
            5 => Self::Forget(reader.all()?),
            6 => Self::Steer { panel: reader.number()?, at: reader.reals()? },
            _ => return Err(Garbled),
        })
    }
}

impl Reply {
    /// Its frame.
    pub fn encode(&self, place: Place) -> Vec<u8> {
        let writer = Writer::new().place(place);
        match self {
            Self::Ready => writer.number(0),
            Self::Started => writer.number(1),
            Self::Done => writer.number(2),
            Self::NotLoaded(why) => writer.number(3).text(why.as_bytes()),
            Self::Ran { kept, ending, nanoseconds, panels } => {
                let writer = writer.number(4).number(*nanoseconds).all(panels).ending(ending);
                kept.iter().fold(writer.number(kept.len() as u64), |writer, one| {
                    let writer = writer.text(one.name.as_bytes()).text(one.type_name.as_bytes());
                    writer.number(one.slot as u64).number(one.size as u64).number(one.align as u64)
                })
            }
            Self::Called(ending) => writer.number(5).ending(ending),
        }
        .finish()
    }

    /// What a frame says, without its length.
    pub fn decode(frame: &[u8]) -> Result<(Place, Self), Garbled> {
        let mut reader = Reader(frame);
        let place = reader.place()?;
        let reply = match reader.number()? {
            0 => Self::Ready,
            1 => Self::Started,
            2 => Self::Done,
            3 => Self::NotLoaded(reader.string()?),
            4 => {
                let (nanoseconds, panels, ending) = (reader.number()?, reader.all()?, reader.ending()?);
                let count = reader.number()?;
                let kept = (0..count).map(|_| reader.kept()).collect::<Result<_, _>>()?;
                Self::Ran { kept, ending, nanoseconds, panels }
            }
            5 => Self::Called(reader.ending()?),
            _ => return Err(Garbled),
        };
        Ok((place, reply))
    }
}

/// The frame of a display record.
pub fn encode_record(place: Place, json: &str) -> Vec<u8> {
    Writer::new().place(place).text(json.as_bytes()).finish()
}

/// The place and the JSON in the frame of a display record, without its length.
pub fn decode_record(frame: &[u8]) -> Result<(Place, &[u8]), Garbled> {
    let mut reader = Reader(frame);
    Ok((reader.place()?, reader.text()?))
}

/// What goes to the standard streams as mark number `number`: the terminal's "application program command", which a
/// terminal that gets it by accident doesn't print.
pub fn mark(token: &str, number: u64) -> String {
    format!("{}{number}{MARK_END}", mark_start(token))
}

/// What every mark begins with.
pub fn mark_start(token: &str) -> String {
    format!("\x1b_dlnotes;{token};")
}

/// What every mark ends with.
pub const MARK_END: &str = "\x1b\\";

impl Writer {
    fn place(self, place: Place) -> Self {
        self.number(place.number).number(u64::from(place.out) | u64::from(place.err) << 1)
    }

    fn ending(self, ending: &Ending) -> Self {
        match ending {
            Ending::Completed => self.number(0),
            Ending::Left { message, file, line, column } => {
                self.number(1).text(message.as_bytes()).text(file.as_bytes()).numbers(&[*line, *column])
            }
            Ending::Panicked { message } => self.number(2).text(message.as_bytes()),
            Ending::Interrupted => self.number(3),
        }
    }
}

impl Reader<'_> {
    fn place(&mut self) -> Result<Place, Garbled> {
        let (number, streams) = (self.number()?, self.number()?);
        Ok(Place { number, out: streams & 1 != 0, err: streams & 2 != 0 })
    }

    fn ending(&mut self) -> Result<Ending, Garbled> {
        Ok(match self.number()? {
            0 => Ending::Completed,
            1 => {
                let (message, file) = (self.string()?, self.string()?);
                let [line, column] = self.numbers()?[..] else { return Err(Garbled) };
                Ending::Left { message, file, line, column }
            }
            2 => Ending::Panicked { message: self.string()? },
            3 => Ending::Interrupted,
            _ => return Err(Garbled),
        })
    }

    fn kept(&mut self) -> Result<Kept, Garbled> {
        let (name, type_name) = (self.string()?, self.string()?);
        Ok(Kept { name, type_name, slot: self.size()?, size: self.size()?, align: self.size()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_replies_arrive_as_they_were_sent() {
        let commands = [
            Command::Begin { token: "ab".into(), library_path: Some(OsString::from_vec(vec![b'/', 0xff])) },
            Command::Begin { token: String::new(), library_path: None },
            Command::Open("/a b/lib\n.so".into()),
            Command::Run { library: "c.so".into(), taken: vec![3, 0, usize::MAX], has_reader: true },
            Command::Drop(vec![]),
            Command::Call { panel: 4, at: vec![0.1, -0.0, f64::INFINITY] },
            Command::Forget(vec![4, u64::MAX]),
            Command::Steer { panel: 5, at: vec![] },
        ];
        let kept = Kept { name: "损失".into(), slot: 7, type_name: "f64".into(), size: 8, align: 8 };
        let left = Ending::Left { message: "no\nfile".into(), file: "cell [2]".into(), line: 3, column: 9 };
        let replies = [
            Reply::Ready,
            Reply::Started,
            Reply::Done,
            Reply::NotLoaded("undefined symbol".into()),
            Reply::Ran { kept: vec![kept.clone(), kept], ending: left, nanoseconds: 5, panels: vec![7] },
            Reply::Ran { kept: vec![], ending: Ending::Interrupted, nanoseconds: u64::MAX, panels: vec![] },
            Reply::Called(Ending::Panicked { message: "out of bounds".into() }),
        ];
        let place = Place { number: 12, out: false, err: true };
        let mut frames = Frames::default();
        let sent = commands.iter().map(Command::encode).chain(replies.iter().map(|reply| reply.encode(place)));
        let mut arrived = Vec::new();
        // One byte at a time, as the worst of sockets would bring them.
        for byte in sent.flatten() {
            frames.push(&[byte]);
            arrived.extend(frames.next_frame().unwrap().map(<[u8]>::to_vec));
        }
        let (first, second) = arrived.split_at(commands.len());
        assert_eq!(first.iter().map(|f| Command::decode(f).unwrap()).collect::<Vec<_>>(), commands);
        assert_eq!(second.iter().map(|f| Reply::decode(f).unwrap()).collect::<Vec<_>>(), replies.map(|r| (place, r)));
    }

    #[test]
    fn what_is_cut_or_changed_is_refused() {
        let whole = Command::Run { library: "c.so".into(), taken: vec![1, 2], has_reader: false }.encode();
        for length in 0..whole.len() - 4 {
            assert_eq!(Command::decode(&whole[4..4 + length]), Err(Garbled), "{length}");
        }
        let huge = Writer::new().number(2).text(b"c.so").number(u64::MAX).finish();
        assert_eq!(Command::decode(&huge[4..]), Err(Garbled));
        let mut frames = Frames::default();
        frames.push(&u32::MAX.to_le_bytes());
        assert_eq!(frames.next_frame(), Err(Garbled));
    }

    #[test]
    fn a_record_carries_its_place() {
        let place = Place { number: 1, out: true, err: true };
        let frame = encode_record(place, "{}");
        assert_eq!(decode_record(&frame[4..]), Ok((place, &b"{}"[..])));
        assert_eq!(mark("t", 4), "\x1b_dlnotes;t;4\x1b\\");
    }
}
