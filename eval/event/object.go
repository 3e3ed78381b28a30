package event

import (
	"strings"
	"sync"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A rawObject is the Object of a Document, decoded when it is asked.
type rawObject struct {
	text string // valid
	once sync.Once
	m    Map
	self any // the object: what a value points to
}

// Field implements Object.
func (o *rawObject) Field(path string) value.Value {
	o.once.Do(func() {
		m, _ := decode(o.text)
		o.m = m
	})
	return o.m.Field(path)
}

// ClonePayload implements value.Cloner.
func (o *rawObject) ClonePayload() any { return &rawObject{text: strings.Clone(o.text)} }

// An objectPool has the objects of a record's values, which are used again.
type objectPool struct {
	objects []*rawObject
	used    int
}

// add returns a JSON object as a value.
func (p *objectPool) add(text string) value.Value {
	if p.used == len(p.objects) {
		p.objects = append(p.objects, &rawObject{})
	}
	o := p.objects[p.used]
	p.used++
	*o = rawObject{text: text, self: o}
	return value.OfObjectAt(&o.self)
}

func (p *objectPool) reset() {
	if len(p.objects) > maxScratch {
		p.objects = nil
	}
	p.used = 0
}
