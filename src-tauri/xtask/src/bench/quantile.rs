//! Quantiles of a few measured values.

/// The value that the share `share` of all are below, between two neighbours by its distance from each; `None` of
/// nothing.
pub(super) fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let lower = *values.get(place.floor() as usize)?;
    let upper = *values.get(place.ceil() as usize)?;
    Some(lower + (upper - lower) * place.fract())
}

/// The middle value, or the mean of the two in the middle; `None` of nothing.
pub(super) fn median(values: Vec<f64>) -> Option<f64> {
    quantile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(vec![40.0, 10.0, 20.0, 30.0]), Some(25.0));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn a_quantile_lies_between_its_neighbours() {
        let values: Vec<f64> = (0..=10).rev().map(f64::from).collect();
        assert_eq!(quantile(values.clone(), 0.1), Some(1.0));
        assert_eq!(quantile(values, 0.9), Some(9.0));
        assert_eq!(quantile(vec![10.0, 20.0], 0.1), Some(11.0));
        assert_eq!(quantile(vec![7.0], 0.9), Some(7.0));
    }
}
