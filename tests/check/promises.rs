//! What must hold whatever a model sends.
