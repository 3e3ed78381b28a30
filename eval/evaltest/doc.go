// Package evaltest holds a plain reference evaluator of EQL and a generator of
// queries and events to compare it with the engine.
//
// The evaluator is written for a reader who has the manual beside it: it walks
// the syntax tree, looks at all events at once and takes whatever time it
// needs. It shares nothing with the engine but the syntax tree.
//
// Where the language leaves a choice, this is what it does:
//
//   - There is no schema. A value has the type that its JSON has, an operation
//     on a value of another type is null. Only the timestamp is a date, which is
//     compared with literals: one that is written to the minute stands for all of
//     the minute.
//   - A whole number may be written as a float where a position is expected.
//   - An error of arithmetic, of number or of cidrMatch is null.
//   - Integers are 64 bits wide, literals too. If an operand is above 2^63-1
//     the result must be one of 0 to 2^64-1, otherwise one of -2^63 to 2^63-1.
//   - Positions count UTF-16 units; half of a surrogate pair, cut off by a
//     position, becomes U+FFFD.
//   - Case is ignored along the orbits of unicode.SimpleFold.
//   - An expression with a null literal where it can but be null is the
//     constant null, and so is "not" of it; "and" and "or" with a condition that
//     is no constant take it for false. A field without a value is no constant:
//     it makes the condition around it false, and "not" of that true.
//   - Only a written null makes a comparison a null test, not an operand that
//     turns out to be null.
//   - An object is no value, alone or in an array.
//   - A list of patterns is an "or" of them. A null in the list of "in" is as
//     if it were not there.
//   - "x != y" is "not x == y", also for null.
//
// And where the endpoint dialect, whose own engine is not public, does so:
//
//   - An element of an array is what a value of a field may be: nested arrays are
//     flattened, nulls are none, and what is no array is its only element.
//   - The name of a step that is repeated means its latest event.
//   - In a sequence with names an event goes on with the newest partial that it
//     fits in all respects but trailing missing events, and uses up that alone.
//   - A process descends from another if it was started, after that one satisfied
//     the condition, by it or by one that descends from it, or lists one of them
//     among its ancestors. It never descends from itself.
//   - A process, a sequence and a sample belong to one host.
package evaltest
