//! The tensor sources of `dlnotes` in double precision.
