//! What a text means, as a direction among many.

use std::sync::Arc;

/// More numbers than this are no model's vector.
const MOST_NUMBERS: usize = 8_192;

/// So many products are summed side by side, which the processor does at once.
const LANES: usize = 8;

/// Of length one; cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector(Arc<[f32]>);

impl Vector {
    /// The direction of these numbers; nothing where they point nowhere.
    pub fn towards(numbers: &[f32]) -> Option<Self> {
        let length = numbers.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt();
        if !(1..=MOST_NUMBERS).contains(&numbers.len()) || !length.is_finite() || length <= 0.0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a share of the length is at most one")]
        let shares = numbers.iter().map(|number| (f64::from(*number) / length) as f32);
        Some(Self(shares.collect()))
    }

    /// Of how many numbers it is.
    pub fn numbers(&self) -> usize {
        self.0.len()
    }

    /// How much two texts mean alike, at most 1.
    pub fn cosine(&self, other: &Self) -> f32 {
        let (ours, theirs) = (self.0.chunks_exact(LANES), other.0.chunks_exact(LANES));
        let rest: f32 = ours.remainder().iter().zip(theirs.remainder()).map(|(a, b)| a * b).sum();
        let sums = ours.zip(theirs).fold([0.0_f32; LANES], |mut sums, (ours, theirs)| {
            for ((sum, a), b) in sums.iter_mut().zip(ours).zip(theirs) {
                *sum += a * b;
            }
            sums
        });
        sums.iter().sum::<f32>() + rest
    }

    /// As it is stored: four bytes a number, the lowest first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Reads what was stored.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.as_chunks();
        let numbers: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        Self::towards(&numbers).filter(|_| rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_a_direction() {
        let [long, short] = [[3.0, 4.0], [0.6, 0.8]].map(|numbers| Vector::towards(&numbers).unwrap());

        assert!((long.cosine(&short) - 1.0).abs() < 1e-6);
        assert!(Vector::towards(&[4.0, -3.0]).unwrap().cosine(&short).abs() < 1e-6);
    }

    #[test]
    fn every_number_counts_whatever_the_length() {
        for length in [1_u8, 7, 8, 9, 16, 31] {
            let numbers: Vec<f32> = (1..=length).map(f32::from).collect();
            let vector = Vector::towards(&numbers).unwrap();

            assert!((vector.cosine(&vector) - 1.0).abs() < 1e-5, "{length}");
        }
    }

    #[test]
    fn what_points_nowhere_is_none() {
        let none = vec![1.0; MOST_NUMBERS + 1];
        for numbers in [&[][..], &[0.0, 0.0], &[f32::NAN, 1.0], &[f32::INFINITY], &none] {
            assert_eq!(Vector::towards(numbers), None);
        }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let vector = Vector::towards(&[0.1, -2.5, 7.0]).unwrap();

        let read = Vector::from_bytes(&vector.to_bytes()).unwrap();

        assert!((read.cosine(&vector) - 1.0).abs() < 1e-6);
        assert_eq!(Vector::from_bytes(&vector.to_bytes()[..11]), None);
        assert_eq!(Vector::from_bytes(b""), None);
    }
}
