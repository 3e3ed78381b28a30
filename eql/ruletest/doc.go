// Package ruletest runs the tests of rules: it loads a folder of rule files with
// the test files beside them (see package rule/testfile), runs each case and says
// in the terms of a detection engineer what is wrong. It also tells what the
// cases have not tried ([Coverage]).
//
// Package eqltest makes Go tests of it, and the command "eql test" runs it
// without Go; use this package for a runner of your own.
package ruletest
