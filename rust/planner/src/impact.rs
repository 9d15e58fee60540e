//! The value of binaries: the specs that others lack, the effects of gaps, and the broken binaries.

pub(crate) mod breakage;
pub(crate) mod lacked;
pub(crate) mod supply;
pub(crate) mod usefulness;
