//! Where a reader's interrupt takes effect: at operations outside of `no_grad` and in backward, both of which leave
//! parameters as they are. An optimizer's step runs under `no_grad` and is never cut in two.

pub(crate) use dlnotes_display::poll_interrupt as poll;
