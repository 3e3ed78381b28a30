// Package eql compiles EQL, the Event Query Language of Elastic's detection
// rules, and runs it over streams of events.
//
// A Query is one compiled query: from text with Compile, from a rule file with
// CompileRule. An Engine is a set of queries ready to run together. Both are
// immutable and safe for concurrent use. A Stream is the state of an Engine
// over one stream of events; it belongs to one goroutine at a time, and it
// starts none of its own. A Match is the caller's to keep.
//
//	q, err := eql.Compile(`sequence by host.id with maxspan=3s
//	  [process where process.name == "entrypoint.sh"] by process.entity_id
//	  [network where not cidrmatch(destination.ip, "10.0.0.0/8")] by process.parent.entity_id`)
//	...
//	s := eql.NewEngine(q).NewStream()
//	for m, err := range s.Run(ctx, events) {
//		...
//	}
//
// A ShardedStream divides the work of a Stream among goroutines of its own.
//
// Events are whatever implements Event: decoded JSON (Map), raw JSON (JSON), or
// a type of your own that answers look-ups of fields.
//
// The names here are those of the packages below, which document them further:
// ast (the syntax tree), parser, rule (rule files) and eval (evaluation). On top
// of this one stand eql/lint, eql/ruletest, which runs the tests of rules, and
// eql/eqltest, which does so under "go test".
package eql
