//! The nouns of a support desk and their rules; nothing here does any I/O.

pub mod block;
pub mod channel;
pub mod client;
pub mod contact;
pub mod conversation;
pub mod details;
pub mod feedback;
pub mod figures;
pub mod gap;
pub mod hash;
pub mod message;
pub mod money;
pub mod operator;
pub mod order;
pub mod person;
pub mod privacy;
pub mod source;
pub mod special_tokens;
pub mod text;
pub mod ticket;
pub mod time;
pub mod token;
pub mod turn;
pub mod vector;
