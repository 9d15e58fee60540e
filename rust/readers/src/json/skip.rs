//! Stepping over values that do not matter.

use super::{Json, JsonErrorKind, JsonResult, plain_len};

impl<'j> Json<'j> {
    /// Steps over a value and returns its text.
    pub(crate) fn skip(&mut self) -> JsonResult<&'j [u8]> {
        let next = self.peek()?;
        let start = self.at;
        let depth = self.depth;
        match next {
            b'{' | b'[' => self.skip_nested()?,
            b'"' => self.skip_text()?,
            _ => self.skip_scalar()?,
        }
        self.depth = depth;
        Ok(&self.text[start..self.at])
    }

    fn skip_nested(&mut self) -> JsonResult<()> {
        let outside = self.depth;
        loop {
            match self.text.get(self.at) {
                Some(b'{' | b'[') => {
                    self.deeper()?;
                    self.at += 1;
                }
                Some(b'}' | b']') => {
                    self.depth -= 1;
                    self.at += 1;
                    if self.depth == outside {
                        return Ok(());
                    }
                }
                Some(b'"') => self.skip_text()?,
                Some(_) => self.at += 1,
                None => return Err(self.error(JsonErrorKind::Ends)),
            }
        }
    }

    fn skip_text(&mut self) -> JsonResult<()> {
        let mut at = self.at + 1;
        loop {
            at += plain_len(&self.text[at.min(self.text.len())..]);
            match self.text.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(());
                }
                Some(b'\\') => at += 2,
                Some(_) => at += 1,
                None => {
                    self.at = self.text.len();
                    return Err(self.error(JsonErrorKind::Ends));
                }
            }
        }
    }

    fn skip_scalar(&mut self) -> JsonResult<()> {
        let rest = &self.text[self.at..];
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let len = rest.iter().take_while(|byte| is_part(byte)).count();
        let is_number = || rest[0] == b'-' || rest[0].is_ascii_digit();
        let is_value =
            len > 0 && (matches!(&rest[..len], b"true" | b"false" | b"null") || is_number());
        if !is_value {
            let expected = "a value";
            return Err(self.error(JsonErrorKind::Expected { expected }));
        }
        self.at += len;
        Ok(())
    }
}
