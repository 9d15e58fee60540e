//! A file of any length, of which a part is in memory while it is parsed.
//!
//! A parser of a file that is not yet read completely may reach the end of the text in memory. So
//! it proceeds in *steps*, from one place where it may stop to the next: a step that runs out of
//! text is repeated with more text. The text before the last step is dropped, so the memory holds
//! one block, or the longest single step if that is longer.

use std::io::{ErrorKind, Read};

use crate::fault::{Fault, FaultKind};
use crate::json::{Json, JsonError, JsonErrorKind, JsonResult};

/// The maximum length of text that one step may need. Records of real indexes have a few thousand
/// bytes.
const STEP_BYTES: usize = 64 << 20;

/// A value this near to the end of the window may have been cut there: `tru`, for one.
const CUT_BYTES: usize = 8;

/// A position in a JSON file that is read as it is needed.
pub(crate) struct Window<R> {
    input: R,
    /// The text in memory, whole characters only; `at` and `depth` are the position in it.
    text: String,
    at: usize,
    depth: u32,
    /// The bytes of a character that a block has cut.
    cut: Vec<u8>,
    has_ended: bool,
    /// The reason why no more can be read. It is reported after the text before it has been parsed,
    /// so faults are reported in the order of the file, whatever the size of the blocks.
    failed: Option<Fault>,
    /// The keys to the object that is walked.
    path: Vec<&'static str>,
    block: Vec<u8>,
    /// The limit on the size of the file, the bytes read so far, and the dropped part.
    limit: u64,
    read: u64,
    gone_bytes: u64,
    gone_lines: u32,
}

impl<R: Read> Window<R> {
    /// The start of a file of at most `limit` bytes, to be read in blocks of `block_bytes`.
    pub(crate) fn new(input: R, limit: u64, block_bytes: usize) -> Self {
        Self {
            input,
            text: String::new(),
            at: 0,
            depth: 0,
            cut: Vec::new(),
            has_ended: false,
            failed: None,
            path: Vec::new(),
            block: vec![0; block_bytes.max(1)],
            limit,
            read: 0,
            gone_bytes: 0,
            gone_lines: 0,
        }
    }

    /// Takes one step: `take` reads from the position on. It is called again from the same
    /// position, with more text, if it fails where the text in memory ends.
    ///
    /// # Errors
    ///
    /// The fault that `take` has found, or that of the file.
    pub(crate) fn step<T>(
        &mut self,
        mut take: impl FnMut(&mut Json<'_>) -> JsonResult<T>,
    ) -> Result<T, Fault> {
        loop {
            let mut json = Json::new(&self.text).from(self.at, self.depth);
            match take(&mut json) {
                Ok(taken) => {
                    (self.at, self.depth) = (json.position(), json.depth());
                    return Ok(taken);
                }
                Err(error) if self.has_ended || !self.may_be_cut(&error) => {
                    return Err(self.fault(*error));
                }
                Err(_) => self.read_on(STEP_BYTES)?,
            }
        }
    }

    /// Walks an object. `each` is called at every value, with its key, and must step over it.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut goes_on = self.enter_object()?;
        while goes_on {
            let key = self.step(|json| json.key().map(std::borrow::Cow::into_owned))?;
            each(self, &key)?;
            goes_on = self.step(|json| json.goes_on(b'}', "`,` or `}`"))?;
        }
        Ok(())
    }

    /// Walks an object with many members per step: `some` reads those in memory, as
    /// [`members_at_hand`] does.
    pub(crate) fn object_in_pieces(
        &mut self,
        mut some: impl FnMut(&mut Json<'_>) -> JsonResult<bool>,
    ) -> Result<(), Fault> {
        let mut goes_on = self.enter_object()?;
        while goes_on {
            goes_on = self.step(&mut some)?;
        }
        Ok(())
    }

    /// Reads, with `read`, the value of the key `key`.
    pub(crate) fn below<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.path.push(key);
        let answer = read(self);
        self.path.pop();
        answer
    }

    /// Steps into an object and returns whether it has a member; if not, out of it again.
    pub(crate) fn enter_object(&mut self) -> Result<bool, Fault> {
        self.step(|json| {
            json.enter_object()?;
            let is_empty = json.take(b'}')?;
            if is_empty {
                *json = json.from(json.position(), json.depth() - 1);
            }
            Ok(!is_empty)
        })
    }

    /// Steps over the value of the key `key`.
    pub(crate) fn skip(&mut self, key: &str) -> Result<(), Fault> {
        self.step(|json| match json.skip() {
            Ok(_) => Ok(()),
            Err(error) => Err(error.below(|| key.to_owned())),
        })
    }

    /// Fails unless only white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        loop {
            let mut json = Json::new(&self.text).from(self.at, self.depth);
            json.end().map_err(|error| self.fault(*error))?;
            self.at = self.text.len();
            if self.has_ended {
                return Ok(());
            }
            self.read_on(STEP_BYTES)?;
        }
    }

    /// Returns whether there is only white space in the part of the file that was read.
    pub(crate) fn is_blank(&self) -> bool {
        self.gone_bytes == 0 && self.cut.is_empty() && self.text.trim_ascii().is_empty()
    }

    /// The whole content of a file of at most `limit` bytes, and the position in it.
    pub(crate) fn whole(&mut self, limit: u64) -> Result<Json<'_>, Fault> {
        self.limit = self.limit.min(limit);
        self.check_limit()?;
        while !self.has_ended && self.failed.is_none() {
            self.failed = self.read_block().err();
        }
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        Ok(Json::new(&self.text).from(self.at, self.depth))
    }

    /// An error in the text in memory, as a fault of the file.
    fn fault(&self, mut error: JsonError) -> Fault {
        let keys = self.path.iter().rev().map(|&key| key.to_owned());
        error.path.extend(keys);
        error.into_fault_behind(self.text.as_bytes(), self.gone_bytes, self.gone_lines)
    }

    fn may_be_cut(&self, error: &JsonError) -> bool {
        error.kind == JsonErrorKind::Ends || error.at + CUT_BYTES >= self.text.len()
    }

    /// Drops the text before the position, and reads at least as much as is left.
    fn read_on(&mut self, most: usize) -> Result<(), Fault> {
        let gone = &self.text.as_bytes()[..self.at];
        self.gone_bytes += gone.len() as u64;
        self.gone_lines += memchr::memchr_iter(b'\n', gone).count() as u32;
        self.text.drain(..self.at);
        self.at = 0;
        let left = self.text.len();
        if left > most {
            let limit = STEP_BYTES as u64;
            return Err(Fault {
                line: Some(self.gone_lines + 1),
                ..Fault::at(self.path.join("."), FaultKind::ValueTooLarge { limit })
            });
        }
        while !self.has_ended && self.failed.is_none() && self.text.len() < left.max(1) * 2 {
            self.failed = self.read_block().err();
        }
        match &self.failed {
            Some(fault) if self.text.len() == left => Err(fault.clone()),
            _ => Ok(()),
        }
    }

    fn read_block(&mut self) -> Result<(), Fault> {
        let read = match self.input.read(&mut self.block) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(unreadable(&error)),
        };
        self.read += read as u64;
        self.check_limit()?;
        if self.cut.is_empty() {
            let used = append(&mut self.text, &self.block[..read]);
            self.cut.extend_from_slice(&self.block[used..read]);
        } else {
            self.cut.extend_from_slice(&self.block[..read]);
            let used = append(&mut self.text, &self.cut);
            self.cut.drain(..used);
        }
        // No character has more than four bytes, so longer invalid text cannot become one.
        if self.cut.len() >= 4 || (read == 0 && !self.cut.is_empty()) {
            return Err(self.not_utf8());
        }
        self.has_ended = read == 0;
        Ok(())
    }

    fn check_limit(&self) -> Result<(), Fault> {
        if self.read > self.limit {
            let limit = self.limit;
            return Err(Fault::of_file(FaultKind::TooLarge { limit }));
        }
        Ok(())
    }

    fn not_utf8(&self) -> Fault {
        let lines = memchr::memchr_iter(b'\n', self.text.as_bytes()).count() as u32;
        let at = self.gone_bytes + self.text.len() as u64;
        Fault {
            place: String::new(),
            line: Some(self.gone_lines + lines + 1),
            kind: FaultKind::Malformed {
                message: format!("is not UTF-8 (byte {at})"),
            },
        }
    }
}

/// Reads members of an object with `member`, which returns whether another follows: up to one
/// that fails, or to the end of the object. The first must not fail. Returns whether there are
/// more.
pub(crate) fn members_at_hand<'t>(
    json: &mut Json<'t>,
    mut member: impl FnMut(&mut Json<'t>) -> JsonResult<bool>,
) -> JsonResult<bool> {
    let mut goes_on = member(json)?;
    while goes_on {
        let before = *json;
        if let Ok(more) = member(json) {
            goes_on = more;
        } else {
            // It may end beyond the text in memory; otherwise it fails again, as the first.
            *json = before;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Appends the characters with which `bytes` begin, and returns how many bytes they have.
fn append(text: &mut String, bytes: &[u8]) -> usize {
    let valid = match str::from_utf8(bytes) {
        Ok(valid) => valid,
        Err(error) => bytes
            .get(..error.valid_up_to())
            .and_then(|bytes| str::from_utf8(bytes).ok())
            .unwrap_or_default(),
    };
    text.push_str(valid);
    valid.len()
}

/// The fault of a file that cannot be read any further.
pub(crate) fn unreadable(error: &std::io::Error) -> Fault {
    // Errors of decompressors are of these kinds; those of devices are not.
    Fault::of_file(match error.kind() {
        ErrorKind::UnexpectedEof => FaultKind::TruncatedGzip,
        ErrorKind::InvalidData | ErrorKind::InvalidInput => FaultKind::CorruptGzip,
        _ => FaultKind::unreadable(error),
    })
}
