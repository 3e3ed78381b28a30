// Package index finds, among the conditions of many queries, the few that an
// event may satisfy.
//
// What a condition needs is a conjunction of clauses, and a clause is a choice of
// terms: facts about one source, such as "process.name is cmd.exe in any case" or
// "file.path ends with .ps1"; or it is negative, an exception, which must not be
// met. A value is looked at once for all facts that any condition mentions. What it
// leaves of the conditions of a block is a mask, which is kept with the value as
// long as it is remembered; so are the masks of sources that an event lacks. What
// no mask of one source can decide, clauses about several and exceptions of several
// parts, is looked at for the conditions that all masks have left.
//
// The sources are asked one after the other, first those that leave few conditions
// for what they cost, until no condition is left that one concerns.
//
// Most clauses are necessary only. The caller tests the candidates; conjuncts that
// the index decides exactly need not be tested again (Builder.Rest).
package index
