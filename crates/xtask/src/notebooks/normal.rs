//! Takes out of an executed notebook what differs from run to run without meaning anything.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::file::{code_cells_mut, joined, split};
use crate::kernel::{Kernel, SPEC};

/// Rewrites `notebook`, just executed on `kernel`, into the form that is committed.
pub(crate) fn normalise(notebook: &mut Value, kernel: Kernel) {
    notebook["nbformat"] = json!(4);
    notebook["nbformat_minor"] = json!(5);
    notebook["metadata"]["kernelspec"] = json!({"display_name": "Rust", "language": "rust", "name": SPEC});
    notebook["metadata"]["language_info"] = json!({
        "codemirror_mode": "rust", "file_extension": ".rs", "mimetype": "text/rust", "name": "rust",
        "pygments_lexer": "rust",
    });
    notebook["metadata"]["dlnotes"]["kernel"] = json!(kernel.name());
    for cell in notebook["cells"].as_array_mut().into_iter().flatten() {
        cell["source"] = split(&joined(&cell["source"]));
    }
    for (index, cell) in code_cells_mut(notebook).enumerate() {
        for volatile in ["execution", "ExecuteTime", "collapsed", "scrolled", "vscode"] {
            if let Some(metadata) = cell["metadata"].as_object_mut() {
                metadata.remove(volatile);
            }
        }
        cell["execution_count"] = json!(index + 1);
        let outputs = cell["outputs"].as_array_mut().map(std::mem::take).unwrap_or_default();
        cell["outputs"] = normal_outputs(outputs, index + 1);
    }
}

/// Joins what was printed in pieces and numbers results like their cell.
fn normal_outputs(outputs: Vec<Value>, count: usize) -> Value {
    let mut normal: Vec<Value> = Vec::new();
    for mut output in outputs {
        if let Some(object) = output.as_object_mut() {
            object.remove("transient");
        }
        if output["output_type"] == "stream" {
            let text = joined(&output["text"]);
            match normal.last_mut().filter(|last| last["output_type"] == "stream" && last["name"] == output["name"]) {
                Some(last) => last["text"] = json!(joined(&last["text"]) + &text),
                None => normal.push(json!({"output_type": "stream", "name": output["name"], "text": text})),
            }
            continue;
        }
        if output["output_type"] == "execute_result" {
            output["execution_count"] = json!(count);
        }
        // Not `output["data"]`: that would give an error a `data` of null, which the format forbids.
        for (mime, content) in output.get_mut("data").and_then(Value::as_object_mut).into_iter().flatten() {
            if !mime.ends_with("json") {
                *content =
                    if mime.starts_with("image/png") { json!(joined(content).trim()) } else { split(&joined(content)) };
            }
        }
        normal.push(output);
    }
    for output in &mut normal {
        if output["output_type"] == "stream" {
            output["text"] = split(&printed(&joined(&output["text"])));
        }
    }
    normal.retain(|output| output["output_type"] != "stream" || output["text"] != json!([]));
    normal.into()
}

/// Printed text as a reader sees it when the cell has ended: lines overwritten after `\r` in their last form, no
/// thread numbers, and no backtrace below a panic (it shows the kernel's frames and addresses, never the user's).
fn printed(text: &str) -> String {
    static THREAD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(thread '[^']*') \(\d+\) panicked").expect("valid"));
    let mut out = String::new();
    let mut in_backtrace = false;
    for line in text.split_inclusive('\n') {
        let (body, end) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "\n"));
        let body = body.strip_suffix('\r').unwrap_or(body);
        let body = body.rsplit('\r').next().unwrap_or(body);
        if body == "stack backtrace:" {
            in_backtrace = true;
        } else if in_backtrace && is_backtrace(body) {
            in_backtrace = !body.starts_with("note: ");
        } else {
            in_backtrace = false;
            out.push_str(&THREAD.replace(body, "$1 panicked"));
            out.push_str(end);
        }
    }
    if out.trim().is_empty() { String::new() } else { out }
}

fn is_backtrace(line: &str) -> bool {
    let frame = line.trim_start().split_once(": ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    frame || line.trim_start().starts_with("at ") || line.starts_with("note: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_progress_line_keeps_its_last_form() {
        assert_eq!(printed("start\n1 of 3\r2 of 3\r3 of 3\nend"), "start\n3 of 3\nend");
        assert_eq!(printed("windows\r\n"), "windows\n");
    }

    #[test]
    fn a_panic_keeps_its_message_only() {
        let text = "thread '<unnamed>' (123) panicked at src/lib.rs:9:9:\nno\nstack backtrace:\n   0: core::panic\n  \
                    at /x/panicking.rs:1:2\nnote: Some details are omitted\nafter\n";
        assert_eq!(printed(text), "thread '<unnamed>' panicked at src/lib.rs:9:9:\nno\nafter\n");
    }

    #[test]
    fn pieces_of_a_stream_are_joined() {
        let outputs = vec![
            json!({"output_type": "stream", "name": "stdout", "text": "a"}),
            json!({"output_type": "stream", "name": "stdout", "text": ["b\n", "c"]}),
            json!({"output_type": "stream", "name": "stderr", "text": "\n"}),
            json!({"output_type": "execute_result", "execution_count": 9, "data": {"text/plain": "x\ny"}}),
            json!({"output_type": "error", "ename": "Panic", "evalue": "no", "traceback": []}),
        ];
        assert_eq!(
            normal_outputs(outputs, 2),
            json!([
                {"output_type": "stream", "name": "stdout", "text": ["ab\n", "c"]},
                {"output_type": "execute_result", "execution_count": 2, "data": {"text/plain": ["x\n", "y"]}},
                {"output_type": "error", "ename": "Panic", "evalue": "no", "traceback": []},
            ])
        );
    }
}
