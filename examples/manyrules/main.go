// Manyrules runs every rule of a folder over a file of events, as the command
// "eql run" does.
//
//	go run ./examples/manyrules [RULES [EVENTS]]
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log"
	"os"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
)

func main() {
	rules, events := "examples/rules", "examples/events.ndjson"
	if len(os.Args) > 1 {
		rules = os.Args[1]
	}
	if len(os.Args) > 2 {
		events = os.Args[2]
	}
	if err := run(rules, events); err != nil {
		log.Fatal(err)
	}
}

func run(rules, events string) error {
	set := rule.Load(rules)
	for _, p := range set.Problems {
		log.Print(p) // what is wrong with a file; the others are still there
	}
	queries, err := eql.CompileRules(set.Rules)
	if err != nil {
		log.Print(err) // rules that do not compile; the others do
	}
	f, err := os.Open(events)
	if err != nil {
		return err
	}
	defer f.Close()

	stream := eql.NewEngine(queries...).NewStream()
	alert := func(m eql.Match) bool {
		r := eql.RuleOf(m.Query)
		fmt.Printf("%s %-6s %s (%d events)\n", m.Time.Format("15:04:05"), r.Severity, r.Name, len(m.Events))
		return true
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		// The stream keeps the document, and the scanner reuses its buffer.
		if err := stream.Push(eql.JSON(bytes.Clone(lines.Bytes())), alert); err != nil {
			log.Print(err)
		}
	}
	stream.Close(alert)
	return lines.Err()
}
