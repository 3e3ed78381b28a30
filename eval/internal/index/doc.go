// Package index finds, among the conditions of many queries, the few that an
// event may satisfy.
//
// What a condition needs is a conjunction of clauses, and a clause is a choice of
// terms: facts about one field, such as "process.name is cmd.exe in any case" or
// "file.path ends with .ps1". An event is asked once for each field which of all
// terms hold (Terms). For each condition the clause that events satisfy least
// often is its witness: only its terms make the condition a candidate. Clauses
// about one field that many conditions have are filters besides: what the field
// holds decides, for all of them at once, which stay candidates.
//
// Terms are necessary, hardly ever sufficient. The caller tests the candidates;
// what the index has decided exactly need not be tested again.
package index
