//! How a person finds something in a window: by what it is and what it says.

/// Something in the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locator {
    /// As failures call it.
    what: String,
    /// As XPath.
    path: String,
}

impl Locator {
    /// A button by its words, or the name it has for those who don't see it.
    #[must_use]
    pub fn button(name: &str) -> Self {
        let name = literal(name);
        Self::of(format!("the button {name}"), format!("//button[{}]", named(&name)))
    }

    /// One of several pages of the same place.
    #[must_use]
    pub fn tab(name: &str) -> Self {
        let name = literal(name);
        Self::of(format!("the tab {name}"), format!("//*[@role='tab' and normalize-space()={name}]"))
    }

    /// A line of a menu or of a list of choices.
    #[must_use]
    pub fn choice(name: &str) -> Self {
        let name = literal(name);
        let roles = ["menuitem", "menuitemradio", "menuitemcheckbox", "option", "radio"];
        let role = roles.map(|role| format!("@role='{role}'")).join(" or ");
        Self::of(format!("the choice {name}"), format!("//*[({role}) and contains(normalize-space(), {name})]"))
    }

    /// A field by its label.
    #[must_use]
    pub fn field(label: &str) -> Self {
        let label = literal(label);
        let of_label = format!("@id=//label[normalize-space()={label}]/@for");
        Self::of(format!("the field {label}"), format!("//input[@aria-label={label} or {of_label}]"))
    }

    /// A switch by its label.
    #[must_use]
    pub fn switch(label: &str) -> Self {
        let label = literal(label);
        let of_label = format!("@id=//label[normalize-space()={label}]/@for");
        Self::of(format!("the switch {label}"), format!("//button[@role='switch' and {of_label}]"))
    }

    /// A list of choices, closed, by its label.
    #[must_use]
    pub fn picker(label: &str) -> Self {
        let label = literal(label);
        let id = format!("//span[normalize-space()={label}]/@id");
        Self::of(format!("the picker {label}"), format!("//button[substring-before(@aria-labelledby, ' ')={id}]"))
    }

    /// Any element that says this, and holds none that does.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let text = literal(text);
        let says = format!("contains(normalize-space(), {text})");
        Self::of(format!("the words {text}"), format!("//*[ancestor::body and {says} and not(*[{says}])]"))
    }

    /// Somebody's tile.
    #[must_use]
    pub fn tile(name: &str) -> Self {
        let name = literal(name);
        Self::of(format!("the tile of {name}"), format!("//*[@role='group' and @aria-label={name}]"))
    }

    /// Something in it.
    #[must_use]
    pub fn within(&self, inner: &Self) -> Self {
        Self::of(format!("{} in {}", inner.what, self.what), format!("({}){}", self.path, inner.path))
    }

    fn of(what: String, path: String) -> Self {
        Self { what, path }
    }

    /// What failures call it.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Its XPath.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

fn named(name: &str) -> String {
    // Some buttons have a line of explanation below their name.
    format!("@aria-label={name} or normalize-space()={name} or .//*[normalize-space()={name}]")
}

/// XPath has no escapes.
fn literal(text: &str) -> String {
    if text.contains('"') { format!("'{text}'") } else { format!("\"{text}\"") }
}
