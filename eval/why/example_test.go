package why_test

import (
	"fmt"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/why"
)

func ExampleRecorder() {
	q, err := eql.Compile(`sequence by host.id with maxspan=3s
  [process where process.name == "entrypoint.sh"]
  [network where not cidrmatch(destination.ip, "10.0.0.0/8")]`)
	if err != nil {
		panic(err)
	}
	r := why.NewRecorder(q)
	for _, doc := range []string{
		`{"@timestamp": "2026-11-24T10:00:00Z", "event.category": "process", "host.id": "a", "process.name": "entrypoint.sh"}`,
		`{"@timestamp": "2026-11-24T10:00:01Z", "event.category": "network", "host.id": "a", "destination.ip": "10.1.2.3"}`,
		`{"@timestamp": "2026-11-24T10:00:04Z", "event.category": "network", "host.id": "a", "destination.ip": "203.0.113.7"}`,
	} {
		if err := r.Push(eql.JSON([]byte(doc))); err != nil {
			panic(err)
		}
	}
	r.Close()
	a := r.Account()
	fmt.Println(a.Obstacles[0].Kind, a.Obstacles[0].Late)
	fmt.Println(r.Printer(nil).Account(a))
	// Output:
	// too-late 1s
	// no match: 1 of 2 steps found its event (event 1) for host.id "a"
	//   event 3 satisfies step 2 [network where not cidrmatch(destination.ip, "10.0.0.0/8")], but arrived 1s after maxspan=3s
	//   event 2 fails step 2 [network where not cidrmatch(destination.ip, "10.0.0.0/8")]:
	//     <query>:3:18: not cidrmatch(destination.ip, "10.0.0.0/8") was false
	//       destination.ip is "10.1.2.3"
}

func ExampleExplain() {
	q, err := eql.Compile(`process where process.name : "cmd*" and process.args_count > 3`)
	if err != nil {
		panic(err)
	}
	a := why.Explain(q, []eql.Event{
		eql.Map{"event.category": "process", "process.name": "cmd.exe", "process.args_count": 2},
	})
	f := a.Obstacles[0].Findings[0]
	fmt.Println(f.Text, f.Held, f.Fields[0].Value)
	// Output: process.args_count > 3 false 2
}
