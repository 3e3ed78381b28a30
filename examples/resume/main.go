// Resume stops in the middle of a stream and goes on from a snapshot, as a
// service does that is restarted: what was half seen before is completed after.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/eqlkit/eqlkit/eql"
)

// The events of a source, by position. The third one comes late.
var events = [][]byte{
	[]byte(`{"@timestamp": "2026-11-24T10:00:01Z", "event": {"category": "process"}, "process": {"pid": 7, "name": "mshta.exe"}}`),
	[]byte(`{"@timestamp": "2026-11-24T10:00:03Z", "event": {"category": "network"}, "process": {"pid": 7}, "destination": {"port": 443}}`),
	[]byte(`{"@timestamp": "2026-11-24T10:00:02Z", "event": {"category": "file"}, "process": {"pid": 7}, "file": {"name": "a.hta"}}`),
	[]byte(`{"@timestamp": "2026-11-24T10:00:09Z", "event": {"category": "process"}, "process": {"pid": 8, "name": "cmd.exe"}}`),
}

func main() {
	dir, err := os.MkdirTemp("", "resume")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	state := filepath.Join(dir, "state")
	for run := 1; run <= 2; run++ { // each of them could be a process of its own
		fmt.Println("run", run)
		if err := serve(state, run == 1); err != nil {
			log.Fatal(err)
		}
	}
}

// serve goes on where the state file says; it stops after two events if it is to
// be interrupted.
func serve(state string, interrupted bool) error {
	q, err := eql.Compile(`sequence by process.pid with maxspan=1m
	  [process where process.name : "mshta.exe"]
	  [file where file.name : "*.hta"]
	  [network where destination.port == 443]`, eql.WithID("download by mshta"))
	if err != nil {
		return err
	}
	stream := eql.NewEngine(q).NewStream(eql.WithLateness(5*time.Second), eql.WithoutRepeats(1000))
	next := 0
	if data, err := os.ReadFile(state); err == nil {
		changes, err := stream.Restore(bytes.NewReader(data))
		if err != nil {
			return err
		}
		if next, err = strconv.Atoi(string(stream.Positions()["events"])); err != nil {
			return err
		}
		fmt.Println("  goes on at event", next, "with the state of", len(changes.Kept), "query")
	}
	for ; next < len(events); next++ {
		if interrupted && next == 2 {
			return save(stream, state, next)
		}
		err := stream.Push(eql.JSON(events[next]), func(m eql.Match) bool {
			fmt.Println("  alert:", m.Query.ID(), m.Keys, "at", m.Time.Format(time.TimeOnly))
			return true
		})
		if err != nil {
			log.Print(err) // an event that could not be read
		}
	}
	return nil
}

// save replaces the state file in one step, so that there always is a whole one.
func save(stream *eql.Stream, state string, next int) error {
	stream.SetPosition("events", strconv.AppendInt(nil, int64(next), 10))
	var b bytes.Buffer
	if err := stream.Snapshot(&b); err != nil {
		return err
	}
	if err := os.WriteFile(state+".new", b.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(state+".new", state)
}
