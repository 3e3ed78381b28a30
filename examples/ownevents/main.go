// Ownevents runs a query over events of a type of its own, without making maps
// or JSON of them.
package main

import (
	"fmt"
	"log"
	"time"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A connection is what this program knows of one network connection.
type connection struct {
	at      time.Time
	program string
	address string
	port    uint16
}

// Field implements eql.Event. What is not known here is null.
func (c *connection) Field(path string) eql.Value {
	switch path {
	case "@timestamp":
		return value.OfDate(c.at.UnixNano())
	case "event.category":
		return value.OfString("network")
	case "process.name":
		return value.OfString(c.program)
	case "destination.ip":
		return value.OfString(c.address)
	case "destination.port":
		return value.OfInt(int64(c.port))
	}
	return eql.Value{}
}

func main() {
	q, err := eql.Compile(`network where destination.port in (22, 3389) and not cidrmatch(destination.ip, "10.0.0.0/8")`)
	if err != nil {
		log.Fatal(err)
	}
	stream := eql.NewEngine(q).NewStream()
	found := func(m eql.Match) bool {
		c := m.Events[0].(*connection) // matches hand back what was pushed
		fmt.Println(c.program, "->", c.address, c.port)
		return true
	}
	now := time.Now()
	for _, c := range []*connection{
		{now, "ssh", "10.0.0.5", 22},
		{now, "ssh", "203.0.113.5", 22},
		{now, "curl", "203.0.113.5", 443},
	} {
		if err := stream.Push(c, found); err != nil {
			log.Print(err)
		}
	}
	stream.Close(found)
}
