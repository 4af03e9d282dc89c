package server

import "sync"

// directory is what the workers of an app know of each other's connections and topics: how many each has. It may be used from
// any goroutine.
type directory struct {
	mu          sync.Mutex
	connections map[*hub]int
	topics      map[string]map[*hub]int
}

func newDirectory() *directory {
	return &directory{connections: map[*hub]int{}, topics: map[string]map[*hub]int{}}
}

// connect counts a connection of h, or one less.
func (d *directory) connect(h *hub, change int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	count(d.connections, h, change)
}

// join counts a subscriber of h, or one less.
func (d *directory) join(topic string, h *hub, change int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	members := d.topics[topic]
	if members == nil {
		members = map[*hub]int{}
		d.topics[topic] = members
	}
	if count(members, h, change); len(members) == 0 {
		delete(d.topics, topic)
	}
}

func count(members map[*hub]int, h *hub, change int) {
	if members[h] += change; members[h] == 0 {
		delete(members, h)
	}
}

// others are the hubs beside h that have connections, or subscribers of a topic, and how many that are.
func (d *directory) others(h *hub, topic string, all bool) (hubs []*hub, total int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	members := d.topics[topic]
	if all {
		members = d.connections
	}
	for other, n := range members {
		if other != h {
			hubs = append(hubs, other)
			total += n
		}
	}
	return hubs, total
}
