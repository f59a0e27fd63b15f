//! The stack machine: stack, marks, memo, and the instructions.

use std::collections::HashMap;

use super::Fault;
use super::cursor::{Cursor, shown};
use super::text::Text;
use super::value::{Global, Object, Value};

/// Newest protocol whose instructions are known.
const NEWEST: u8 = 5;
/// Most values on the stack, marks, stored values and compound objects. A list of `NumPy` numbers
/// stores three values for each, and a file of `ImageNet16` has up to 128,117 labels.
const LIMIT: usize = 1 << 19;

#[derive(Debug)]
pub(super) struct Machine<'a> {
    cursor: Cursor<'a>,
    stack: Vec<Value<'a>>,
    /// Heights of the stack at each open mark.
    marks: Vec<usize>,
    memo: HashMap<u32, Value<'a>>,
    pub(super) objects: Vec<Object<'a>>,
    /// Where the current instruction began.
    at: usize,
}

impl<'a> Machine<'a> {
    /// Runs the whole pickle; gives the value it leaves and all compound objects.
    pub(super) fn run(bytes: &'a [u8]) -> Result<(Value<'a>, Vec<Object<'a>>), Fault> {
        let mut machine = Self {
            cursor: Cursor::new(bytes),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            objects: Vec::new(),
            at: 0,
        };
        loop {
            machine.at = machine.cursor.position();
            match machine.cursor.byte()? {
                b'.' => return Ok((machine.pop()?, machine.objects)),
                code => machine.step(code)?,
            }
            machine.check_limit()?;
        }
    }

    pub(super) fn fault<T>(&self, what: impl Into<String>) -> Result<T, Fault> {
        Err(Fault {
            position: self.at,
            what: what.into(),
        })
    }

    fn check_limit(&self) -> Result<(), Fault> {
        let sizes = [
            self.stack.len(),
            self.marks.len(),
            self.memo.len(),
            self.objects.len(),
        ];
        if sizes.into_iter().any(|size| size > LIMIT) {
            return self.fault(format!("more than {LIMIT} values at once"));
        }
        Ok(())
    }

    /// Executes one instruction.
    fn step(&mut self, code: u8) -> Result<(), Fault> {
        match code {
            0x80 => self.protocol(),
            0x95 => self.cursor.array::<8>().map(|_| ()),
            b'(' => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'q' | b'r' | b'p' | 0x94 => self.remember(code),
            b'h' | b'j' | b'g' => self.recall(code),
            b'c' | 0x93 => self.global(code),
            b'}' => self.push_object(Object::Dict(Vec::new())),
            b']' => self.push_object(Object::List(Vec::new())),
            b')' => self.push_object(Object::Tuple(Vec::new())),
            0x85 => self.tuple(1),
            0x86 => self.tuple(2),
            0x87 => self.tuple(3),
            b't' => {
                let items = self.pop_to_mark()?;
                self.push_object(Object::Tuple(items))
            }
            b'l' => {
                let items = self.pop_to_mark()?;
                self.push_object(Object::List(items))
            }
            b'd' => {
                let items = self.pop_to_mark()?;
                self.dict(&items)
            }
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])
            }
            b'e' => {
                let items = self.pop_to_mark()?;
                self.append(items)
            }
            b's' => {
                let items = self.pop_many(2)?;
                self.set_items(&items)
            }
            b'u' => {
                let items = self.pop_to_mark()?;
                self.set_items(&items)
            }
            b'R' => self.reduce(),
            b'b' => self.build(),
            _ => {
                let value = self.literal(code)?;
                self.push(value)
            }
        }
    }

    fn protocol(&mut self) -> Result<(), Fault> {
        match self.cursor.byte()? {
            0..=NEWEST => Ok(()),
            version => self.fault(format!("pickle protocol {version} (known: up to {NEWEST})")),
        }
    }

    /// The value that an instruction carries in its own bytes.
    fn literal(&mut self, code: u8) -> Result<Value<'a>, Fault> {
        let cursor = &mut self.cursor;
        Ok(match code {
            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            b'K' => Value::Int(cursor.byte()?.into()),
            b'M' => Value::Int(u16::from_le_bytes(cursor.array()?).into()),
            b'J' => Value::Int(i32::from_le_bytes(cursor.array()?).into()),
            0x8a => {
                let len = cursor.byte()?;
                return self.long(len.into());
            }
            0x8b => {
                let len = cursor.length()?;
                return self.long(len);
            }
            b'G' => cursor.array::<8>().map(|_| Value::Float)?,
            b'F' => cursor.line().map(|_| Value::Float)?,
            b'I' | b'L' | b'S' => return self.line(code),
            _ => return self.text(code).map(Value::Text),
        })
    }

    /// A string with its length before it, or up to the end of the line.
    fn text(&mut self, code: u8) -> Result<Text<'a>, Fault> {
        let cursor = &mut self.cursor;
        let len = match code {
            0x8c | b'U' | b'C' => cursor.byte()?.into(),
            // `T`'s length is signed; a negative one is past the end of any file.
            b'X' | b'T' | b'B' => cursor.length()?,
            0x8d | 0x8e | 0x96 => cursor.long_length()?,
            b'V' => return cursor.raw_line().map(Text::Escaped),
            _ => return self.fault(format!("the pickle instruction {}", instruction(code))),
        };
        match code {
            0x8c | b'X' | 0x8d => cursor.text(len).map(Text::Unicode),
            _ => cursor.take(len).map(Text::Bytes),
        }
    }

    /// A value of protocol 0, up to the end of the line.
    fn line(&mut self, code: u8) -> Result<Value<'a>, Fault> {
        let line = self.cursor.raw_line()?;
        let digits = std::str::from_utf8(line).unwrap_or_default();
        match (code, line) {
            (b'I', b"00") => Ok(Value::Bool(false)),
            (b'I', b"01") => Ok(Value::Bool(true)),
            (b'S', [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"']) => {
                Ok(Value::Text(Text::Quoted(inner)))
            }
            (b'S', _) => self.fault("a string without its quotes"),
            _ => match digits.trim_end_matches('L').parse() {
                Ok(integer) => Ok(Value::Int(integer)),
                Err(_) => self.fault(format!("the integer `{}`", shown(digits))),
            },
        }
    }

    /// An integer of up to `len` bytes, of which 8 are accepted.
    fn long(&mut self, len: usize) -> Result<Value<'a>, Fault> {
        let bytes = self.cursor.take(len)?;
        let mut wide = [bytes
            .last()
            .map_or(0, |last| if last >> 7 == 1 { 255 } else { 0 }); 8];
        let Some(low) = wide.get_mut(..bytes.len()) else {
            return self.fault(format!("an integer of {len} bytes"));
        };
        low.copy_from_slice(bytes);
        Ok(Value::Int(i64::from_le_bytes(wide)))
    }

    fn remember(&mut self, code: u8) -> Result<(), Fault> {
        let slot = match code {
            b'q' => self.cursor.byte()?.into(),
            b'p' => self.slot()?,
            b'r' => u32::from_le_bytes(self.cursor.array()?),
            _ => u32::try_from(self.memo.len()).unwrap_or(u32::MAX),
        };
        let top = self.pop()?;
        self.memo.insert(slot, top);
        self.push(top)
    }

    fn recall(&mut self, code: u8) -> Result<(), Fault> {
        let slot = match code {
            b'h' => self.cursor.byte()?.into(),
            b'g' => self.slot()?,
            _ => u32::from_le_bytes(self.cursor.array()?),
        };
        match self.memo.get(&slot) {
            Some(&value) => self.push(value),
            None => self.fault(format!("a reference to {slot}, which was never stored")),
        }
    }

    /// The number of a stored value in protocol 0.
    fn slot(&mut self) -> Result<u32, Fault> {
        let line = self.cursor.line()?;
        line.parse()
            .or_else(|_| self.fault(format!("the place `{}`", shown(line))))
    }

    fn global(&mut self, code: u8) -> Result<(), Fault> {
        let (module, name) = if code == b'c' {
            (self.cursor.line()?, self.cursor.line()?)
        } else {
            match *self.pop_many(2)? {
                [
                    Value::Text(Text::Unicode(module)),
                    Value::Text(Text::Unicode(name)),
                ] => (module, name),
                _ => return self.fault("a global whose name is no text"),
            }
        };
        match Global::find(module, name) {
            Some(global) => self.push(Value::Global(global)),
            None => self.fault(format!(
                "the global `{}.{}`, which this reader does not run,",
                shown(module),
                shown(name)
            )),
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the last step of fallible instructions"
    )]
    pub(super) fn push(&mut self, value: Value<'a>) -> Result<(), Fault> {
        self.stack.push(value);
        Ok(())
    }

    pub(super) fn push_object(&mut self, object: Object<'a>) -> Result<(), Fault> {
        self.objects.push(object);
        self.push(Value::Object(self.objects.len() - 1))
    }

    /// The topmost value above the last mark.
    pub(super) fn pop(&mut self) -> Result<Value<'a>, Fault> {
        self.pop_many(1).map(|values| values[0])
    }

    /// The topmost `count` values above the last mark, the deepest first.
    pub(super) fn pop_many(&mut self, count: usize) -> Result<Vec<Value<'a>>, Fault> {
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.stack.len().checked_sub(count) {
            Some(height) if height >= floor => Ok(self.stack.split_off(height)),
            _ => self.fault("an instruction that finds too few values"),
        }
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Value<'a>>, Fault> {
        match self.marks.pop() {
            Some(height) => Ok(self.stack.split_off(height)),
            None => self.fault("an instruction that finds no mark"),
        }
    }

    fn tuple(&mut self, count: usize) -> Result<(), Fault> {
        let items = self.pop_many(count)?;
        self.push_object(Object::Tuple(items))
    }
}

/// An instruction as `pickletools` users would look it up.
fn instruction(code: u8) -> String {
    let name = match code {
        b'i' => "INST",
        b'o' => "OBJ",
        b'P' => "PERSID",
        b'Q' => "BINPERSID",
        0x81 => "NEWOBJ",
        0x82..=0x84 => "EXT",
        0x92 => "NEWOBJ_EX",
        0x97 => "NEXT_BUFFER, whose data is in another file,",
        0x98 => "READONLY_BUFFER",
        b' '..=b'~' => return format!("`{}`", char::from(code)),
        _ => return format!("0x{code:02x}"),
    };
    format!("{name} (0x{code:02x})")
}
