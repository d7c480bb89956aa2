//! Which columns of the methods' tables are classes: words that an account is called by, against the figures that put it there.

/// Classes by method, in the order of the registry, and for those that have an order their words from the best to the worst.
pub(super) struct Class {
    /// The method.
    pub method: &'static str,
    /// The column, in the method's table and in the master table.
    pub column: &'static str,
    /// The words from the best to the worst; empty where they have no order.
    pub order: &'static [&'static str],
}

const fn class(method: &'static str, column: &'static str, order: &'static [&'static str]) -> Class {
    Class { method, column, order }
}

/// Every class.
pub(super) const CLASSES: &[Class] = &[
    class("pareto", "dependency", &[]),
    class("unprofitable", "unprofitable", &["false", "true"]),
    class("abc", "abc", &["A", "B", "C"]),
    class("xyz", "xyz", &["X", "Y", "Z"]),
    class("abc_xyz", "abc_xyz", &[]),
    class("rfm", "rfm_segment", &[]),
    class("key_account_types", "key_account_types", &[]),
    class("routes", "key_account", &["true", "false"]),
    class("routes", "routes", &[]),
    class("three_p", "three_p", &["passed", "open", "failed"]),
    class("selection_matrix", "quadrant", &[]),
    class("pyramid", "level", &["synergy", "partnership", "cooperation", "transaction"]),
    class("pyramid", "golden_shot", &[]),
    class("pyramid_transitions", "level_migration", &[]),
    class("revenue_bridge", "revenue_movement", &[]),
    class("loss", "loss", &[]),
    class("win_back", "win_back", &[]),
    class("effort", "served", &[]),
    class("effort", "neglected", &["false", "true"]),
    class("marketing_list", "routes", &[]),
];

/// Is it a class of the method?
pub(super) fn is_class(method: &str, column: &str) -> bool {
    CLASSES.iter().any(|class| class.method == method && class.column == column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_meaning() {
        for (at, class) in CLASSES.iter().enumerate() {
            let again = CLASSES[at + 1..].iter().find(|other| other.column == class.column);
            // The marketing list says by which routes an account came onto it: those of the method.
            assert!(again.is_none() || class.column == "routes", "{}.{}", class.method, class.column);
        }
    }
}
