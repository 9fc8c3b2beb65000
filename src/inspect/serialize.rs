//! `serde::Serialize` for what the inspect API hands out.

use super::{FrameInfo, Local, Locals, Origin, Stack};
use crate::code::Code;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// A map with `name`, `qualified_name`, `module`, `file`, `first_line`, `last_line`, `argcount`,
/// `varnames`.
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("Code", 8)?;
        s.serialize_field("name", self.name())?;
        s.serialize_field("qualified_name", self.qualified_name())?;
        s.serialize_field("module", self.module())?;
        s.serialize_field("file", self.file())?;
        s.serialize_field("first_line", &self.first_line())?;
        s.serialize_field("last_line", &self.last_line())?;
        s.serialize_field("argcount", &self.argcount())?;
        s.serialize_field("varnames", self.varnames())?;
        s.end()
    }
}

/// A map with `name`, `qualified_name`, `module`, `file`, `line`, `column`, `depth`, `hidden`,
/// `locals`.
impl Serialize for FrameInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("FrameInfo", 9)?;
        s.serialize_field("name", self.name())?;
        s.serialize_field("qualified_name", &*self.qualified_name())?;
        s.serialize_field("module", self.module())?;
        s.serialize_field("file", self.file())?;
        s.serialize_field("line", &self.line())?;
        s.serialize_field("column", &self.column())?;
        s.serialize_field("depth", &self.depth())?;
        s.serialize_field("hidden", &self.is_hidden())?;
        s.serialize_field("locals", &self.locals())?;
        s.end()
    }
}

/// A map with `frames`, innermost first, and `unrecorded`.
impl Serialize for Stack {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("Stack", 2)?;
        s.serialize_field("frames", self.frames())?;
        s.serialize_field("unrecorded", &self.unrecorded())?;
        s.end()
    }
}

/// A list of variables, in order.
impl Serialize for Locals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

/// A map with `name`, `value`, `type_name`, `is_arg`, `as_of_line`, `origin`.
impl Serialize for Local {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("Local", 6)?;
        s.serialize_field("name", self.name())?;
        s.serialize_field("value", self.value())?;
        s.serialize_field("type_name", &self.type_name())?;
        s.serialize_field("is_arg", &self.is_arg())?;
        s.serialize_field("as_of_line", &self.as_of_line())?;
        s.serialize_field("origin", &self.origin())?;
        s.end()
    }
}

/// `"recorded"`, `"debug info"`, as reports have it.
impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Origin::Recorded => serializer.serialize_str("recorded"),
            Origin::DebugInfo => serializer.serialize_str("debug info"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::__private::{at, cap, enter0};
    use crate::Traceback;
    use crate::code::fixture::{Function, numbers};

    #[test]
    fn a_stack_and_a_traceback_become_json() {
        let variables = format!("x {}\n", numbers(&[1, 0, 0, 1, 9, 0]));
        let places = vec![(0, 1), (2, 5)];
        let guard = enter0(
            Function {
                variables,
                places,
                ..Function::default()
            }
            .literal(),
        );
        cap(&3_i32, 0, guard.active);
        at(1, guard.active);

        let stack = serde_json::to_value(crate::stack()).unwrap();
        let mut frame = serde_json::json!({
            "name": "f", "qualified_name": "mycrate::a::f", "module": "mycrate::a", "file": "src/a.rs",
            "line": 12, "column": 5, "depth": 1, "hidden": false,
        });
        let locals = &stack["frames"][0]["locals"];
        assert_eq!(locals[0]["name"], "x");
        assert_eq!(locals[0]["type_name"], "i32");
        assert_eq!(locals[0]["is_arg"], true);
        assert_eq!(locals[0]["as_of_line"], serde_json::Value::Null);
        assert_eq!(locals[0]["origin"], "recorded");
        frame["locals"] = locals.clone();
        assert_eq!(
            stack,
            serde_json::json!({ "frames": [frame], "unrecorded": 0 })
        );

        frame["type"] = "frame".into();
        assert_eq!(
            serde_json::to_value(Traceback::capture()).unwrap(),
            serde_json::json!([frame])
        );
        let code = serde_json::to_value(crate::stack()[0].code()).unwrap();
        assert_eq!(
            (&code["first_line"], &code["varnames"]),
            (&10.into(), &serde_json::json!(["x"]))
        );
    }
}
