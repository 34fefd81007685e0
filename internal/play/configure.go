package play

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

// named is the id of a resource that the stage names.
func (r *run) named(name string) (*string, error) {
	id, ok := r.flows[name]
	if !ok {
		return nil, fmt.Errorf("the stage has no %s", name)
	}
	return &id, nil
}

// limitQueue sets how many contacts the stage's queue takes; "" lifts the limit.
func (r *run) limitQueue(limit string) error {
	queue, err := r.named("queue")
	if err != nil {
		return err
	}
	in := &connect.UpdateQueueMaxContactsInput{InstanceId: new(r.stage.InstanceID()), QueueId: queue}
	if limit != "" {
		n, err := strconv.ParseInt(limit, 10, 32)
		if err != nil {
			return err
		}
		in.MaxContacts = new(int32(n))
	}
	client, _ := r.stage.Clients()
	_, err = client.UpdateQueueMaxContacts(r.ctx, in)
	return err
}

// setHours has the stage's hours be the same on each day: "9:00-17:00 Europe/Berlin".
func (r *run) setHours(rest string) error {
	var from, fromMinute, to, toMinute int32
	var zone string
	if _, err := fmt.Sscanf(rest, "%d:%d-%d:%d %s", &from, &fromMinute, &to, &toMinute, &zone); err != nil {
		return errors.New("it opens as in 9:00-17:00 Europe/Berlin")
	}
	hours, err := r.named("hours")
	if err != nil {
		return err
	}
	in := &connect.UpdateHoursOfOperationInput{InstanceId: new(r.stage.InstanceID()), HoursOfOperationId: hours, TimeZone: &zone}
	for _, day := range types.HoursOfOperationDays("").Values() {
		in.Config = append(in.Config, types.HoursOfOperationConfig{
			Day:       day,
			StartTime: &types.HoursOfOperationTimeSlice{Hours: &from, Minutes: &fromMinute},
			EndTime:   &types.HoursOfOperationTimeSlice{Hours: &to, Minutes: &toMinute},
		})
	}
	client, _ := r.stage.Clients()
	_, err = client.UpdateHoursOfOperation(r.ctx, in)
	return err
}

// closeOn makes a holiday of the stage's hours.
func (r *run) closeOn(date string) error {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return err
	}
	hours, err := r.named("hours")
	if err != nil {
		return err
	}
	client, _ := r.stage.Clients()
	_, err = client.CreateHoursOfOperationOverride(r.ctx, &connect.CreateHoursOfOperationOverrideInput{
		InstanceId: new(r.stage.InstanceID()), HoursOfOperationId: hours, Name: &date, EffectiveFrom: &date, EffectiveTill: &date,
		OverrideType: types.OverrideTypeClosed, Config: []types.HoursOfOperationOverrideConfig{},
	})
	return err
}
