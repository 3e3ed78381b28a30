package eql_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/eqlkit/eqlkit/eql"
)

// This is the example of the README.
func Example() {
	q, err := eql.Compile(`sequence by host.id with maxspan=3s
	  [process where process.name == "entrypoint.sh"] by process.entity_id
	  [network where not cidrmatch(destination.ip, "10.0.0.0/8")] by process.parent.entity_id`)
	if err != nil {
		panic(err)
	}
	events := slices.Values([]eql.Event{
		eql.JSON([]byte(`{"@timestamp":"2026-11-24T10:00:00Z","event":{"category":"process"},"host":{"id":"a"},"process":{"name":"entrypoint.sh","entity_id":"1"}}`)),
		eql.JSON([]byte(`{"@timestamp":"2026-11-24T10:00:02Z","event":{"category":"network"},"host":{"id":"a"},"process":{"parent":{"entity_id":"1"}},"destination":{"ip":"203.0.113.7"}}`)),
	})
	for m, err := range eql.NewEngine(q).NewStream().Run(context.Background(), events) {
		fmt.Println(m.Keys, m.Events[1].Field("destination.ip"), err)
	}
	// Output: [a 1] 203.0.113.7 <nil>
}

func ExampleCompile_error() {
	_, err := eql.Compile(`network where cidrmach(source.ip, "10.0.0.0/8") and length(user.name, 3) > 2`)
	var problems eql.List
	if errors.As(err, &problems) {
		fmt.Println(problems.Render())
	}
	// Output:
	// <query>:1:15: unknown function cidrmach
	//     network where cidrmach(source.ip, "10.0.0.0/8") and length(user.name, 3) > 2
	//                   ^^^^^^^^
	//     hint: did you mean cidrMatch?
	// <query>:1:53: length takes exactly one argument, found 2
	//     network where cidrmach(source.ip, "10.0.0.0/8") and length(user.name, 3) > 2
	//                                                         ^^^^^^
	//     hint: usage: length(string)
}

func ExampleQuery_Explain() {
	q, err := eql.Compile(`process where process.name : ("cmd.exe", "power*") and not user.name == "kim" | head 3`)
	if err != nil {
		panic(err)
	}
	fmt.Print(q.Explain())
	// Output:
	// process where process.name : ("cmd.exe", "power*") and not user.name == "kim" | head 3
	//
	// event query: every event that satisfies the condition is a result
	// state: none
	// limit: the first 3 results
	// order: @timestamp, then arrival
	//
	// step 1: event.category is "process"
	//   all of
	//     process.name : ("cmd.exe", "power*")    -- compiled wildcard
	//     not
	//       user.name == "kim"    -- exact
}
