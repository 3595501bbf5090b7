//! Rust types as TypeScript declarations, for the types that one engine of the page shares with one crate: all in one
//! file. The types of this crate have files of their own, which such a file imports.

use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

/// The types that `ui/src/protocol` declares.
const PROTOCOL_INDEX: &str = include_str!("../../../ui/src/protocol/index.ts");

/// Gathers types and those that they consist of.
#[derive(Default)]
pub struct TypeFile {
    config: Config,
    declarations: BTreeMap<String, String>,
}

impl TypeFile {
    /// Adds a type and all that it consists of.
    #[must_use]
    pub fn with<T: TS + 'static + ?Sized>(mut self) -> Self {
        self.visit::<T>();
        self
    }

    /// The file's text: the header, what it imports from `protocol`, and the declarations by name.
    #[must_use]
    pub fn text(&self, header: &str, protocol: &str) -> String {
        let used = |name: &str| self.declarations.values().any(|text| names(text).any(|word| word == name));
        let imports: String = protocol_types().filter(|name| used(name)).map(|name| format!("  {name},\n")).collect();
        let declarations: String = self.declarations.values().map(|text| format!("\n{text}\n")).collect();
        format!("{header}\nimport type {{\n{imports}}} from '{protocol}';\n{declarations}")
    }
}

impl TypeVisitor for TypeFile {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.declarations.contains_key(&name) || protocol_types().any(|known| known == name) {
            return;
        }
        let text = format!("export {}", T::decl(&self.config));
        self.declarations.insert(name, text);
        T::visit_dependencies(self);
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
}

fn protocol_types() -> impl Iterator<Item = &'static str> {
    PROTOCOL_INDEX.lines().filter_map(|line| line.strip_prefix("export type { ")?.split(' ').next())
}
