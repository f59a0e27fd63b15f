//! What a command printed.

use assert_cmd::Command;

/// Standard output of a command that must succeed.
pub(crate) fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

/// Standard error of a command that must end with `code`.
pub(crate) fn stderr(command: &mut Command, code: i32) -> String {
    String::from_utf8(command.assert().code(code).get_output().stderr.clone()).unwrap()
}
