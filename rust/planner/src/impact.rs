//! What binaries are worth: what specs lack, what each gap blocks, and which binaries are broken.

pub(crate) mod breakage;
pub(crate) mod lacked;
pub(crate) mod supply;
pub(crate) mod usefulness;
