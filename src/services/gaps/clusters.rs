//! Clusters: questions that mean the same, found by the words they share.

use std::collections::HashMap;

use crate::services::answer::{Feature, Knowledge, Meaning};

/// From here on a question joins a cluster. Of two sets written by hand, this puts 78 % of the pairs of
/// the first together that belong together, and 94 % of what it puts together belongs together; of the
/// second, 47 % and 90 % (2026-11). Lower, from 0.44 on, the first set's 94 % fall to 73 %. What is missed
/// shares no word, such as "instagram" and "social media", and stands in the list twice.
const ALIKE: f32 = 0.45;

/// So much of a question tells what it is about.
const TELLING: usize = 500;

/// Puts each question into the cluster it is most like, in their order, so that the first of a
/// cluster stays its first whatever comes later. Those that mean nothing are in none. Each cluster
/// lists its questions by their place.
pub fn of<'a>(knowledge: &Knowledge, questions: impl IntoIterator<Item = &'a str>) -> Vec<Vec<usize>> {
    let mut clusters = Clusters::default();
    for (at, question) in questions.into_iter().enumerate() {
        let end = question.char_indices().nth(TELLING).map_or(question.len(), |(end, _)| end);
        let meaning = knowledge.meaning(&question[..end]);
        if meaning.features().is_empty() {
            continue;
        }
        let cluster = clusters.nearest(&meaning).unwrap_or_else(|| clusters.open());
        clusters.add(cluster, at, &meaning);
    }
    clusters.members
}

/// What was put together so far. A cluster means what its questions mean together: the sum of their
/// vectors.
#[derive(Default)]
struct Clusters {
    members: Vec<Vec<usize>>,
    /// For each feature, the clusters that have it and how much.
    shares: HashMap<Feature, HashMap<usize, f32>>,
    /// The squared length of each sum.
    squares: Vec<f32>,
}

impl Clusters {
    /// The cluster most like a question, if one is like it; of equals the oldest.
    fn nearest(&self, meaning: &Meaning) -> Option<usize> {
        let mut products: HashMap<usize, f32> = HashMap::new();
        for (feature, weight) in meaning.features() {
            for (cluster, share) in self.shares.get(feature).into_iter().flatten() {
                *products.entry(*cluster).or_default() += weight * share;
            }
        }
        let cosine = |(cluster, product): (usize, f32)| (product / self.squares[cluster].sqrt(), cluster);
        let alike = products.into_iter().map(cosine).filter(|(cosine, _)| *cosine >= ALIKE);
        alike.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, cluster)| cluster)
    }

    fn open(&mut self) -> usize {
        self.members.push(Vec::new());
        self.squares.push(0.0);
        self.members.len() - 1
    }

    fn add(&mut self, cluster: usize, question: usize, meaning: &Meaning) {
        self.members[cluster].push(question);
        for (feature, weight) in meaning.features() {
            let share = self.shares.entry(feature.clone()).or_default().entry(cluster).or_default();
            self.squares[cluster] += weight * (2.0 * *share + weight);
            *share += weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::answer::{Document, Voice};

    const FIRST: &str = include_str!("measured/first.txt");
    const SECOND: &str = include_str!("measured/second.txt");
    const FILES: [(&str, &str); 3] = [
        ("faq.md", include_str!("../../../knowledge-base/faq.md")),
        ("pricing.md", include_str!("../../../knowledge-base/pricing.md")),
        ("policies.md", include_str!("../../../knowledge-base/policies.md")),
    ];

    fn shipped() -> Knowledge {
        let document = |(file, markdown): (&str, &str)| Document { file: file.into(), markdown: markdown.into() };
        let voice = Voice { company: "Acme".into(), support_email: "help@acme.test".into() };
        Knowledge::build(&FILES.map(document), voice)
    }

    fn pairs(sizes: impl Iterator<Item = usize>) -> usize {
        sizes.map(|size| size * size.saturating_sub(1) / 2).sum()
    }

    /// The share of pairs that belong together and were put together, and the share of pairs put
    /// together that belong together. A set has a paragraph for each meaning.
    #[expect(clippy::cast_precision_loss, reason = "a few hundred pairs")]
    fn recall_and_precision(set: &str) -> (f32, f32) {
        let meanings: Vec<Vec<&str>> = set.split("\n\n").map(|meaning| meaning.trim().lines().collect()).collect();
        // In an order in which they could come, mixed.
        let most = meanings.iter().map(Vec::len).max().unwrap();
        let nth =
            |at: usize| meanings.iter().enumerate().filter_map(move |(of, meaning)| Some((of, *meaning.get(at)?)));
        let mixed: Vec<(usize, &str)> = (0..most).flat_map(nth).collect();
        let clusters = of(&shipped(), mixed.iter().map(|(_, question)| *question));
        let right = clusters.iter().map(|cluster| {
            let mut sizes = vec![0; meanings.len()];
            for at in cluster {
                sizes[mixed[*at].0] += 1;
            }
            pairs(sizes.into_iter())
        });
        let right = right.sum::<usize>() as f32;
        let (wanted, made) = (pairs(meanings.iter().map(Vec::len)), pairs(clusters.iter().map(Vec::len)));
        (right / wanted as f32, right / made as f32)
    }

    #[test]
    fn questions_that_mean_the_same_are_one_cluster_and_others_are_not() {
        let measured = [FIRST, SECOND].map(recall_and_precision);

        eprintln!("recall and precision: {measured:?}");
        for ((recall, precision), (fewest, least)) in measured.into_iter().zip([(0.75, 0.92), (0.42, 0.85)]) {
            assert!(recall >= fewest && precision >= least, "{measured:?}");
        }
    }

    #[test]
    fn the_first_of_a_cluster_stays_its_first() {
        let asked = ["is there an iphone app", "who is the ceo", "", "an app for my iphone?", "hello what is it"];

        assert_eq!(of(&shipped(), asked), [vec![0, 3], vec![1]]);
        assert_eq!(of(&shipped(), asked[..2].iter().copied()), [vec![0], vec![1]]);
    }
}
