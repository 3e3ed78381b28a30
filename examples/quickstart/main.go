// Quickstart runs one query over a few events.
package main

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/eqlkit/eqlkit/eql"
)

func main() {
	q, err := eql.Compile(`sequence by user.name with maxspan=1m
	  [authentication where event.outcome == "failure"] with runs=2
	  [authentication where event.outcome == "success"]`)
	if err != nil {
		log.Fatal(err)
	}
	logon := func(second int, user, outcome string) eql.Event {
		return eql.Map{
			"@timestamp": fmt.Sprintf("2026-11-24T10:00:%02dZ", second),
			"event":      map[string]any{"category": "authentication", "outcome": outcome},
			"user.name":  user, // nested and dotted keys are the same
		}
	}
	events := []eql.Event{
		logon(1, "kim", "failure"),
		logon(2, "lee", "failure"),
		logon(3, "kim", "failure"),
		logon(4, "lee", "success"),
		logon(5, "kim", "success"),
	}
	stream := eql.NewEngine(q).NewStream()
	for m, err := range stream.Run(context.Background(), slices.Values(events)) {
		if err != nil {
			log.Print(err) // an event that could not be read; the run goes on
			continue
		}
		fmt.Println(m.Time.Format("15:04:05"), m.Keys, "matched with", len(m.Events), "events")
	}
}
