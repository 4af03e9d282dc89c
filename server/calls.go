package server

import "time"

// takePlace takes a place among the connections of the call's app, if it has one left.
func (c call) takePlace() bool {
	most := int64(narrower(c.app.limits.MaxConnections, c.now.routes.Info.Limits.Connections))
	if c.app.taken.Add(1) <= most || most == 0 {
		return true
	}
	c.app.taken.Add(-1)
	return false
}

// responseTime is how long the app may take to answer.
func (c call) responseTime() time.Duration {
	return narrower(c.app.limits.ResponseTime, c.now.routes.Info.Limits.ResponseTime)
}

// maxBody is how many bytes a body may have.
func (c call) maxBody() int64 {
	return int64(narrower(c.app.limits.MaxBodyBytes, c.now.routes.Info.Limits.BodyBytes))
}
