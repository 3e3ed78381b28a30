// Package why accounts for what a query finds and, above all, for what it does
// not find: which step a sequence reached, which predicate was false and what
// the field's value was, or that an event came too late, had another key, or
// was cancelled.
//
// A [Recorder] runs a query as an eval.Stream does and remembers the events;
// [Recorder.Account] then tells the story of the whole run, [Recorder.WhyNot]
// that of a match which was expected of certain events. Matches are those of the
// engine, and predicates are asked the engine's own way: an account never
// disagrees with it. Recording costs memory for every event and is meant for
// tests and for people with a question, not for production streams.
package why
