//! `kernel_info_request`: who we are.

use jupyter_protocol::{CodeMirrorMode, HelpLink, JupyterMessageContent, KernelInfoReply, LanguageInfo, ReplyStatus};

use crate::wire::PROTOCOL_VERSION;
use dlnotes_eval::depend::Toolchain;

pub(super) fn reply() -> JupyterMessageContent {
    let version = env!("CARGO_PKG_VERSION");
    // Without rustc the kernel still answers, and the first cell says what is missing.
    let toolchain = Toolchain::find();
    let rustc = toolchain.as_ref().map_or("unknown", Toolchain::release);
    KernelInfoReply {
        status: ReplyStatus::Ok,
        protocol_version: PROTOCOL_VERSION.into(),
        implementation: "dlnotes-kernel".into(),
        implementation_version: version.into(),
        language_info: LanguageInfo {
            name: "rust".into(),
            version: rustc.into(),
            mimetype: Some("text/rust".into()),
            file_extension: Some(".rs".into()),
            pygments_lexer: Some("rust".into()),
            codemirror_mode: Some(CodeMirrorMode::Simple("rust".into())),
            nbconvert_exporter: None,
        },
        banner: format!("dlnotes-kernel {version}: Rust {rustc} notebooks. :help lists the commands."),
        help_links: [
            ("Rust standard library", "https://doc.rust-lang.org/std/"),
            ("The Rust book", "https://doc.rust-lang.org/book/"),
        ]
        .map(|(text, url)| HelpLink { text: text.into(), url: url.into() })
        .into(),
        debugger: false,
        error: None,
    }
    .into()
}
