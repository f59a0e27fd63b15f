//! The grammar of chains, `FAMILY:STEM:WIDTHxDEPTHsSTRIDE,...`, `FAMILY:STEMs2:...:LAST` with what is
//! optional, and the limits of its numbers.

use super::{Chain, Family, Stage};
use crate::ArchitectureError;

/// Wider than any published network of these families, and safe to multiply.
pub(crate) const MAX_WIDTH: usize = 16_384;
/// Deeper than any published network of these families.
pub(crate) const MAX_DEPTH: usize = 1_000;
/// More than any published network of these families: MobileNetV2 has 7, `EfficientNet` too.
pub(crate) const MAX_STAGES: usize = 12;
/// More than any published network of these families: 6 is the most that is common.
pub(crate) const MAX_EXPANSION: usize = 16;

pub(super) fn chain(text: &str) -> Result<Chain, ArchitectureError> {
    let mut cursor = Cursor { text, at: 0 };
    let family = cursor.word("a family name such as r1")?;
    cursor.symbol(':', "`:` and the stem width")?;
    let family: Family = family.parse()?;
    let stem = cursor.number("stem width", "the stem width", MAX_WIDTH)?;
    let stride = if cursor.rest().starts_with('s') {
        cursor.symbol('s', "`s` and the stride of the stem")?;
        cursor.number("stride", "the stride of the stem (1 or 2)", 2)?
    } else {
        1
    };
    cursor.symbol(':', "`:` and the first stage")?;
    let mut stages = vec![cursor.stage()?];
    while cursor.rest() != "" && !cursor.rest().starts_with(':') {
        cursor.symbol(',', "`,` and another stage, or the end")?;
        stages.push(cursor.stage()?);
    }
    let chain = Chain::new(family, stem, stages)?.with_stem_stride(stride)?;
    if cursor.rest() == "" {
        return Ok(chain);
    }
    cursor.symbol(':', "`:` and the width of a last convolution")?;
    let last = cursor.number("width", "the width of a last convolution", MAX_WIDTH)?;
    if cursor.rest() == "" {
        chain.with_last(last)
    } else {
        Err(cursor.unexpected("the end"))
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn stage(&mut self) -> Result<Stage, ArchitectureError> {
        let width = self.number("width", "the width of a stage", MAX_WIDTH)?;
        self.symbol('x', "`x` and the depth of the stage")?;
        let depth = self.number("depth", "the depth of a stage", MAX_DEPTH)?;
        self.symbol('s', "`s` and the stride of the stage (1 or 2)")?;
        let stride = self.number("stride", "the stride of a stage (1 or 2)", 2)?;
        let expansion = if self.rest().starts_with('e') {
            self.symbol('e', "`e` and the expansion of the stage")?;
            Some(self.number("expansion", "the expansion of a stage", MAX_EXPANSION)?)
        } else {
            None
        };
        Ok(Stage {
            width,
            depth,
            stride,
            expansion,
        })
    }

    fn word(&mut self, expected: &'static str) -> Result<&'a str, ArchitectureError> {
        self.take(|c| c.is_ascii_alphanumeric() || "-_".contains(c), expected)
    }

    fn number(
        &mut self,
        what: &'static str,
        expected: &'static str,
        max: usize,
    ) -> Result<usize, ArchitectureError> {
        let start = self.at;
        let digits = self.take(|c| c.is_ascii_digit(), expected)?;
        if digits.len() > 1 && digits.starts_with('0') {
            self.at = start;
            return Err(self.unexpected("a number without leading zeros"));
        }
        // Digits that overflow are out of range too.
        let value = digits.parse().unwrap_or(usize::MAX);
        if (1..=max).contains(&value) {
            return Ok(value);
        }
        Err(ArchitectureError::Range {
            what,
            value: digits.to_owned(),
            max,
        })
    }

    fn symbol(&mut self, symbol: char, expected: &'static str) -> Result<(), ArchitectureError> {
        if !self.rest().starts_with(symbol) {
            return Err(self.unexpected(expected));
        }
        self.at += symbol.len_utf8();
        Ok(())
    }

    fn take(
        &mut self,
        accept: impl Fn(char) -> bool,
        expected: &'static str,
    ) -> Result<&'a str, ArchitectureError> {
        let rest = self.rest();
        let end = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        if end == 0 {
            return Err(self.unexpected(expected));
        }
        self.at += end;
        Ok(&rest[..end])
    }

    fn unexpected(&self, expected: &'static str) -> ArchitectureError {
        let found = self.rest().chars().next();
        ArchitectureError::Grammar {
            text: self.text.to_owned(),
            position: self.text[..self.at].chars().count() + 1,
            expected,
            found: found.map_or("the end".to_owned(), |c| format!("`{c}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Chain;

    fn error(text: &str) -> String {
        text.parse::<Chain>().unwrap_err().to_string()
    }

    #[test]
    fn grammar_errors_name_the_position_and_what_was_expected() {
        let message = error("r1:64:64x2");
        assert!(
            message.contains(
                "expected `s` and the stride of the stage (1 or 2) at position 11, found the end"
            ),
            "{message}"
        );
        assert!(error("r1").contains("expected `:` and the stem width at position 3"));
        assert!(error("").contains("expected a family name such as r1 at position 1"));
        assert!(error("r1:64:64y2s1").contains("at position 9, found `y`"));
        assert!(error("r1:64:064x2s1").contains("at position 7"));
        assert!(error("r1:64:64x2s1 ").contains("at position 13, found ` `"));
        assert!(error("r1:64:64x2s1,").contains("at position 14, found the end"));
        assert!(error("r1:é").contains("at position 4, found `é`"));
    }

    #[test]
    fn values_that_no_network_can_have_are_refused() {
        assert!(
            error("r3:64:64x2s2,64x2s2,64x2s2")
                .starts_with("`r3` is no network family: there are `r1`, `r2`, `mb`, `nb201`, ")
        );
        assert_eq!(
            error("r2:64:64x2s2,66x2s2,68x2s2"),
            "width 66 of stage 2 is no multiple of 4, which `r2` needs"
        );
        let stages = |count| format!("r1:8:{}", vec!["8x1s1"; count].join(","));
        assert!(stages(12).parse::<Chain>().is_ok());
        assert_eq!(
            error(&stages(13)),
            "an architecture has 1 to 12 stages, this one has 13"
        );
        assert_eq!(
            error("r1:64:64x2s2,64x2s2e6"),
            "stage 2 has an expansion, which a stage of `r1` does not have: only `mb` does"
        );
        assert!(error("mb:8:8x1s2e17").contains("expansion 17 is out of range"));
        assert!(error("mb:8:8x1s2e0").contains("expansion 0 is out of range"));
        assert!(error("mb:8:8x1s2e").contains("expected the expansion of a stage at position 12"));
        assert!(error("r1:64:64x2s3,64x2s2,64x2s2").contains("stride 3 is out of range"));
        assert!(error("r1:0:64x2s2,64x2s2,64x2s2").contains("stem width 0 is out of range"));
        assert!(error("r1:64:99999999999999999999999x2s2").contains("out of range"));
        assert_eq!(
            error("r1:64:64x1001s2"),
            "depth 1001 is out of range: it must be between 1 and 1000"
        );
    }

    #[test]
    fn a_stem_may_have_a_stride_and_a_convolution_may_be_last() {
        let text = "mb:32s2:16x1s1e1,24x2s2:1280";
        let chain: Chain = text.parse().unwrap();
        assert_eq!((chain.stem_stride(), chain.last()), (2, Some(1280)));
        assert_eq!(chain.to_string(), text);
        let plain: Chain = "r1:8s1:8x1s1".parse().unwrap();
        assert_eq!(plain.to_string(), "r1:8:8x1s1");
        assert!(error("r1:8s3:8x1s1").contains("stride 3 is out of range"));
        assert!(error("r1:8:8x1s1:").contains("the width of a last convolution at position 12"));
        assert!(error("r1:8:8x1s1:0").contains("width 0 is out of range"));
        assert!(error("r1:8:8x1s1:8:8").contains("expected the end at position 13"));
    }

    #[test]
    fn the_largest_numbers_are_read() {
        let text = "r1:16384:16384x1000s2,16384x1000s2,16384x1000s2";
        assert_eq!(text.parse::<Chain>().unwrap().to_string(), text);
    }

    #[test]
    fn a_long_text_is_not_repeated_whole() {
        for text in [
            "9".repeat(10_000),
            format!("r1:{}", "9".repeat(10_000)),
            format!("r1:8:{}", "8x1s1,".repeat(10_000)),
        ] {
            let message = error(&text);
            assert!(message.len() < 400 && message.contains("..."), "{message}");
        }
    }
}
