//! Pickles as the Python versions write them, and damaged ones.

use proptest::prelude::*;

use super::Document;
use crate::dataset::pickle::machine::Machine;

/// How a Python version writes a batch.
#[derive(Clone, Copy, Debug)]
enum Style {
    /// Python 2, protocol 2: byte strings.
    Python2,
    /// Python 3, protocol 2: bytes through `_codecs.encode`.
    Python3,
    /// Python 3, protocol 4: frames, short strings, `STACK_GLOBAL`.
    Protocol4,
}

const STYLES: [Style; 3] = [Style::Python2, Style::Python3, Style::Protocol4];

impl Style {
    fn text(self, out: &mut Vec<u8>, text: &str) {
        let len = u8::try_from(text.len()).unwrap();
        match self {
            Self::Python2 => out.extend([b'U', len]),
            Self::Python3 => out.extend([b'X', len, 0, 0, 0]),
            Self::Protocol4 => out.extend([0x8c, len]),
        }
        out.extend(text.as_bytes());
    }

    fn global(self, out: &mut Vec<u8>, module: &str, name: &str) {
        if let Self::Protocol4 = self {
            self.text(out, module);
            self.text(out, name);
            out.extend([0x93, 0x94]);
        } else {
            out.extend(format!("c{module}\n{name}\n").bytes());
        }
    }

    fn bytes(self, out: &mut Vec<u8>, bytes: &[u8]) {
        let len = |len: usize| u32::try_from(len).unwrap().to_le_bytes();
        match self {
            Self::Python2 => {
                out.push(b'T');
                out.extend(len(bytes.len()));
                out.extend(bytes);
            }
            Self::Python3 => {
                let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
                self.global(out, "_codecs", "encode");
                out.push(b'X');
                out.extend(len(text.len()));
                out.extend(text.bytes());
                self.text(out, "latin1");
                out.extend([0x86, b'R']);
            }
            Self::Protocol4 => {
                out.push(b'B');
                out.extend(len(bytes.len()));
                out.extend(bytes);
            }
        }
    }

    fn batch(self, rows: u16, columns: u16, data: &[u8], labels: &[u8]) -> Vec<u8> {
        self.named(rows, columns, data, ("labels", labels))
    }

    fn named(self, rows: u16, columns: u16, data: &[u8], (name, labels): (&str, &[u8])) -> Vec<u8> {
        let mut out = match self {
            Self::Protocol4 => b"\x80\x04\x95\0\0\0\0\0\0\0\0}\x94(".to_vec(),
            _ => b"\x80\x02}q\0(".to_vec(),
        };
        self.text(&mut out, "data");
        self.global(&mut out, "numpy.core.multiarray", "_reconstruct");
        self.global(&mut out, "numpy", "ndarray");
        out.extend(b"K\0\x85");
        self.bytes(&mut out, b"b");
        out.extend(b"\x87R(K\x01M");
        out.extend(rows.to_le_bytes());
        out.push(b'M');
        out.extend(columns.to_le_bytes());
        out.push(0x86);
        self.global(&mut out, "numpy", "dtype");
        self.text(&mut out, "u1");
        out.extend(b"K\0K\x01\x87R(K\x03");
        self.text(&mut out, "|");
        out.extend(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89");
        self.bytes(&mut out, data);
        out.extend(b"tb");
        self.text(&mut out, name);
        out.extend(b"](");
        out.extend(labels.iter().flat_map(|&label| [b'K', label]));
        out.extend(b"eu.");
        out
    }
}

/// A batch as Python 3 writes it in protocol 2, for tests of the layout.
pub(in crate::dataset) fn batch(rows: u16, data: &[u8], labels: &[u8]) -> Vec<u8> {
    Style::Python3.batch(rows, 768, data, labels)
}

/// A batch of 32x32 images as Python 2 writes it, with labels of that name.
pub(in crate::dataset) fn cifar(rows: u16, data: &[u8], labels: (&str, &[u8])) -> Vec<u8> {
    Style::Python2.named(rows, 3072, data, labels)
}

/// What `tests/fixtures/pickles.py` wrote: names and pickles of one and the same batch.
fn fixtures() -> Vec<(&'static str, Vec<u8>)> {
    let lines = include_str!("../../../tests/fixtures/pickles.txt").lines();
    let parsed = lines.map(|line| {
        let (name, digits) = line.split_once(' ').unwrap();
        let pairs = digits.as_bytes().chunks_exact(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        (name, pairs.map(byte).collect())
    });
    parsed.collect()
}

#[test]
fn what_python_wrote_in_every_protocol_reads_the_same() {
    let first = [0, 10, 13, 26, 34, 39, 92, 117, 127, 128, 255, 49_u8];
    let row = |more: u8| first.map(|byte| byte.wrapping_add(more));
    let data = [row(0), row(1), row(2)].concat();
    let fixtures = fixtures();
    assert_eq!(fixtures.len(), 2 * (6 * 7 + 3));
    for (name, bytes) in fixtures {
        let document = Document::parse(&bytes).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        assert_eq!(document.byte_rows("data", 12).as_ref(), Ok(&data), "{name}");
        let labels = document.integers("labels");
        assert_eq!(labels, Ok(vec![1, 120, 1000]), "{name}");
    }
}

#[test]
fn every_style_reads_the_same() {
    let data: Vec<u8> = (0..=255).collect();
    for style in STYLES {
        let bytes = style.batch(4, 64, &data, &[1, 2, 200, 4]);
        let document = Document::parse(&bytes).unwrap();
        assert_eq!(document.byte_rows("data", 64).unwrap(), data, "{style:?}");
        assert_eq!(document.integers("labels").unwrap(), [1, 2, 200, 4]);
        assert!(
            document
                .byte_rows("data", 128)
                .unwrap_err()
                .contains("N x 128")
        );
        assert!(
            document
                .byte_rows("labels", 64)
                .unwrap_err()
                .contains("no array")
        );
        let not_integers = document.integers("data").unwrap_err();
        assert!(not_integers.contains("something else than integers"));
        let missing = document.integers("means").unwrap_err();
        assert_eq!(missing, "it has no entry `means`, but `data`, `labels`");
    }
}

#[test]
fn columns_that_lie_together_are_turned() {
    let bytes = Style::Python2.batch(2, 3, &[1, 2, 3, 4, 5, 6], &[]);
    let flag = bytes.windows(2).position(|pair| pair == b"\x89T").unwrap();
    let mut turned = bytes.clone();
    turned[flag] = 0x88;
    let rows = |bytes| {
        Document::parse(bytes)
            .unwrap()
            .byte_rows("data", 3)
            .unwrap()
    };
    assert_eq!(rows(&bytes), [1, 2, 3, 4, 5, 6]);
    assert_eq!(rows(&turned), [1, 3, 5, 2, 4, 6]);
}

#[test]
fn integers_of_all_sizes() {
    let bytes = b"\x80\x02}X\x01\0\0\0n](K\xffM\xff\xffJ\xfe\xff\xff\xff\x8a\0\x8a\x01\xff\
        \x8a\x05\x01\x00\x00\x00\x01es.";
    let integers = Document::parse(bytes).unwrap().integers("n").unwrap();
    assert_eq!(integers, [255, 65535, -2, 0, -1, (1 << 32) + 1]);
}

#[test]
fn whatever_else_is_refused_by_name_and_position() {
    for (bytes, position, part) in [
        (
            &b"\x80\x02cos\nsystem\nX\x04\0\0\0exit\x85R."[..],
            2,
            "os.system",
        ),
        (b"\x80\x02c__builtin__\neval\n.", 2, "__builtin__.eval"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", 14, "os.system"),
        (b"\x80\x06.", 0, "protocol 6"),
        (b"\x80\x02N)\x81.", 4, "NEWOBJ"),
        (b"\x80\x02P1\n.", 2, "PERSID"),
        (b"I1a\n.", 0, "integer `1a`"),
        (b"I\xff\n.", 0, "integer"),
        (b"L99999999999999999999L\n.", 0, "integer"),
        (b"S1\n.", 0, "quotes"),
        (b"g1\n.", 0, "a reference to 1"),
        (b"p-1\n.", 0, "the place `-1`"),
        (b"Nl.", 1, "no mark"),
        (b"(Nd.", 2, "half a pair"),
        (b"\x80\x05\x97.", 2, "another file"),
        (
            b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
            11,
            "ends too early",
        ),
        (b"\x80\x02\x8b\xff\xff\xff\xff.", 7, "ends too early"),
        (b"\x80\x02h\x07.", 2, "a reference to 7"),
        (b"\x80\x02.", 2, "too few values"),
        (b"\x80\x02N(R.", 4, "too few values"),
        (b"\x80\x02t.", 2, "no mark"),
        (b"\x80\x02N(Ne.", 5, "no list"),
        (b"\x80\x02}(Nu.", 5, "half a pair"),
        (b"\x80\x02NNR.", 4, "no known function"),
        (b"\x80\x02cnumpy\nndarray\n)R.", 18, "numpy.ndarray"),
        (b"\x80\x02X\xff\xff\xff\xffabc", 7, "ends too early"),
        (b"\x80\x02U\x01\xff\x85\x8a\x09123456789.", 6, "9 bytes"),
        (b"\x80\x02X\x01\0\0\0\xff.", 7, "UTF-8"),
        (b"", 0, "ends too early"),
    ] {
        let fault = Machine::run(bytes).unwrap_err();
        assert!(fault.what.contains(part), "{fault:?} should say {part}");
        assert_eq!(fault.position, position, "{fault:?}");
    }
}

/// Parses and asks for everything; only panics and runaway memory are failures.
fn exercise(bytes: &[u8]) {
    if let Ok((_, objects)) = Machine::run(bytes) {
        assert!(objects.len() <= bytes.len());
    }
    if let Ok(document) = Document::parse(bytes) {
        let rows = document.byte_rows("data", 8).unwrap_or_default();
        let labels = document.integers("labels").unwrap_or_default();
        assert!(rows.len() + labels.len() <= bytes.len());
    }
}

proptest! {
    #[test]
    fn damaged_batches_do_not_panic(
        style in prop::sample::select(STYLES.to_vec()),
        cut in 0_usize..400,
        flips in prop::collection::vec((0_usize..400, any::<u8>()), 0..4),
    ) {
        let mut bytes = style.batch(2, 8, &[200; 16], &[1, 2]);
        for (at, value) in flips {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        bytes.truncate(cut.max(1));
        exercise(&bytes);
    }

    #[test]
    fn random_programs_do_not_panic(
        codes in prop::collection::vec(
            prop_oneof![
                prop::sample::select(b"\x80\x95(qr\x94hjc\x93}])\x85\x86\x87taesuRbN\x88\x89KMJ\x8aGX\x8cUCTB.ldpgILSFV\x8b\x8d\x8e\x96\n'\\x1".to_vec()),
                0_u8..4,
            ],
            0..200,
        ),
    ) {
        exercise(&codes);
    }
}

proptest! {
    #[test]
    fn damaged_files_of_python_do_not_panic(
        which in 0_usize..90,
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let (_, mut bytes) = fixtures().swap_remove(which);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        exercise(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        exercise(&bytes);
    }
}

#[test]
fn every_truncation_is_refused() {
    for style in STYLES {
        let bytes = style.batch(2, 8, &[200; 16], &[1, 2]);
        for len in 0..bytes.len() {
            let fault = Document::parse(&bytes[..len]).unwrap_err();
            assert!(fault.what.contains("ends too early"), "{fault:?}");
            assert!(fault.position <= len);
        }
    }
}

#[test]
fn programs_that_only_grow_are_stopped() {
    for code in [&b"]"[..], b"(", b"N", b"}\x94", b"N\x85"] {
        let fault = Machine::run(&code.repeat(600_000)).unwrap_err();
        assert!(fault.what.contains("more than 524288"), "{fault:?}");
    }
}

#[test]
fn a_list_within_itself_is_harmless() {
    exercise(b"\x80\x02]q\0h\0a.");
    exercise(b"\x80\x02}q\0X\x04\0\0\0datah\0s.");
}
