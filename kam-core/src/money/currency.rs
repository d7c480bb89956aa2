//! How many decimals the money of a currency is written with (ISO 4217).

/// The decimals of a currency's minor unit: none for the yen, three for the Kuwaiti dinar, two for most and for what is not known.
#[must_use]
pub fn decimals(currency: &str) -> usize {
    match currency.to_ascii_uppercase().as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND" | "VUV" | "XAF" | "XOF"
        | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_have_their_minor_units() {
        assert_eq!(["EUR", "jpy", "KWD", "?"].map(decimals), [2, 0, 3, 2]);
    }
}
