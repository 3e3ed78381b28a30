// Package eval runs compiled EQL queries over streams of events.
//
// It has three nouns. A Query is compiled from a syntax tree; an Engine is a
// set of queries made ready to run together; both are immutable and safe for
// concurrent use. A Stream is the state of an Engine over one stream of events:
// push events into it, one after the other, and it hands out matches. It belongs
// to one goroutine.
//
// Most programs import package eql instead, which parses queries and reads rule
// files as well.
package eval
