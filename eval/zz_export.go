package eval

import "github.com/eqlkit/eqlkit/eval/event"

func ZZExtract(e *Engine, lines [][]byte) {
	r := event.NewRecord(e.layout)
	for _, l := range lines {
		r.Fill(event.JSON(l))
	}
}
