//! Criteria of criteria: the weight of a leaf is the product of the weights on the way to it.

use super::{Ahp, RandomIndex, ahp};
use crate::mcda::error::McdaError;

/// A node of the hierarchy: comparisons of its children, and those of the children that are compared further down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AhpNode {
    /// The names of its children.
    pub names: Vec<String>,
    /// The comparisons of its children, in the order of the names.
    pub comparisons: Vec<Vec<f64>>,
    /// The children that have children, each with its place among the names.
    pub children: Vec<(usize, AhpNode)>,
}

/// The hierarchy, worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct AhpHierarchy {
    /// Every node below the goal, from the top, each child before its neighbour: the names on the way to it.
    pub paths: Vec<Vec<String>>,
    /// Each node's weight among its neighbours.
    pub local: Vec<f64>,
    /// Each node's weight under the goal.
    pub global: Vec<f64>,
    /// Is the node a leaf? The leaves' weights under the goal add up to 1.
    pub is_leaf: Vec<bool>,
    /// The comparisons that were worked out, each with the names on the way to it: none for the goal.
    pub comparisons: Vec<(Vec<String>, Ahp)>,
}

/// Weights of all nodes of a hierarchy. An error in one node's comparisons comes with the names on the way to it.
pub fn ahp_hierarchy(goal: &AhpNode, index: RandomIndex) -> Result<AhpHierarchy, (Vec<String>, McdaError)> {
    let mut result = AhpHierarchy { paths: vec![], local: vec![], global: vec![], is_leaf: vec![], comparisons: vec![] };
    walk(goal, index, &mut vec![], 1.0, &mut result)?;
    Ok(result)
}

fn walk(
    node: &AhpNode,
    index: RandomIndex,
    path: &mut Vec<String>,
    share: f64,
    result: &mut AhpHierarchy,
) -> Result<(), (Vec<String>, McdaError)> {
    let here = ahp(&node.comparisons, index).map_err(|error| (path.clone(), error))?;
    if node.names.len() != here.weights.len() {
        return Err((path.clone(), McdaError::Parameters { name: "names", found: node.names.len(), expected: here.weights.len() }));
    }
    let weights = here.weights.clone();
    result.comparisons.push((path.clone(), here));
    for (at, (name, weight)) in node.names.iter().zip(weights).enumerate() {
        path.push(name.clone());
        let below = node.children.iter().find(|(place, _)| *place == at).map(|(_, below)| below);
        result.paths.push(path.clone());
        result.local.push(weight);
        result.global.push(share * weight);
        result.is_leaf.push(below.is_none());
        if let Some(below) = below {
            walk(below, index, path, share * weight, result)?;
        }
        path.pop();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(names: &[&str], comparisons: &[&[f64]]) -> AhpNode {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        AhpNode { names, comparisons: comparisons.iter().map(|row| row.to_vec()).collect(), children: vec![] }
    }

    #[test]
    fn weights_multiply() {
        let mut goal = node(&["money", "people"], &[&[1.0, 3.0], &[1.0 / 3.0, 1.0]]);
        goal.children = vec![(0, node(&["profit", "growth"], &[&[1.0, 4.0], &[0.25, 1.0]]))];
        let result = ahp_hierarchy(&goal, RandomIndex::Saaty).unwrap();
        let paths: Vec<String> = result.paths.iter().map(|path| path.join("/")).collect();
        assert_eq!(paths, ["money", "money/profit", "money/growth", "people"]);
        crate::mcda::testing::close(&result.global, &[0.75, 0.6, 0.15, 0.25], 1e-12);
        assert_eq!(result.is_leaf, [false, true, true, true]);
        goal.children[0].1.comparisons[0][1] = -1.0;
        let (path, error) = ahp_hierarchy(&goal, RandomIndex::Saaty).unwrap_err();
        assert_eq!((path, error), (vec!["money".to_owned()], McdaError::Comparison { row: 0, column: 1, value: -1.0 }));
    }
}
