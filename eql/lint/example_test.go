package lint_test

import (
	"fmt"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

func ExampleRule() {
	r := &rule.Rule{Query: &source.File{
		Name: "q.eql",
		Text: `process where process.name == "cmd.exe" and (process.name : "po*" or process.args like "-x")`,
	}}
	for _, e := range lint.Rule(r, lint.Options{}).Problems {
		fmt.Println(e.Code)
		fmt.Println(e.Render())
		for _, f := range e.Fixes {
			fmt.Println("   ", f.Title, f.Safe)
		}
	}
	// Output:
	// unreachable-branch
	// q.eql:1:46: warning: this branch is never true: process.name == "cmd.exe" has to hold, too
	//     process where process.name == "cmd.exe" and (process.name : "po*" or process.args like "-x")
	//                                                  ^^^^^^^^^^^^^^^^^^^^
	//     hint: process.name has one value at most
	// like-without-wildcard
	// q.eql:1:83: info: the pattern has no wildcard, so == says the same
	//     ...name == "cmd.exe" and (process.name : "po*" or process.args like "-x")
	//                                                                    ^^^^
	//     write == true
}

func ExampleFix() {
	r := &rule.Rule{Query: &source.File{Text: `process where process.name : ("a*", "abc") and process.name != null`}}
	text, n, err := lint.Fix(r, lint.Options{})
	fmt.Println(n, err)
	fmt.Print(text)
	// Output:
	// 2 <nil>
	// process where process.name : ("a*")
}
