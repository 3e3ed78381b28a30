// Package testfile reads the tests of a rule: a TOML file beside the rule, named
// NAME_test.toml for NAME.toml, with cases, each a series of events and the
// alerts that they are to give.
//
//	[base]                       # what all events have in common
//	event.category = "process"
//	host.id = "ws-7"
//
//	[[case]]
//	name = "a shell"
//	alerts = ["shell"]           # or 0, 1, ..., or [{ events = [...], keys = [...] }]
//
//	[[case.events]]
//	"@id" = "shell"              # a name for the event, besides its number
//	"@offset" = "+3s"            # its time, from the start of the case
//	"@unset" = ["host.id"]       # fields of the base that it has not
//	process.name = "cmd.exe"     # fields that it has besides
//
// Keys at the top: start (the time at which cases start), base, bases (a table of
// further base events by name, which may build on each other) and case. Keys of
// a case: name, events, alerts or golden, start, query (the number of a hunt's
// query, from 1) and close (false if the stream is to stay open at the end, so
// that missing events are not decided).
//
// An element of events is a table, or the name of a file of JSON objects, which
// stand for themselves. Keys of the table that begin with "@" say what the
// event is: @id, @offset, @unset, @base (the name of a base event; "" for none),
// @file (a file of events that take the place of the base one by one), and
// @advance, which stands alone and lets time pass up to an offset without an
// event. JSON events may use @id, @offset, @base and @unset, too. An event
// without @offset and @timestamp takes place at the time of the one before.
//
// In alerts an event is named by its id or by its number in the case, from 1,
// and "@null" is a missing event, or a key without value. Everything else is an
// error with its place.
package testfile
