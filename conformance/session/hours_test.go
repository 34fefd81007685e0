package session

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// TestHoursOfOperations sets up hours with a holiday, a queue that has them and a prompt, with the official client.
func TestHoursOfOperations(t *testing.T) {
	w := newWorld(t)
	ctx, client, instance := t.Context(), w.once(), &w.InstanceId
	slice := func(hours int32) *types.HoursOfOperationTimeSlice {
		return &types.HoursOfOperationTimeSlice{Hours: &hours, Minutes: aws.Int32(0)}
	}
	hours, err := client.CreateHoursOfOperation(ctx, &connect.CreateHoursOfOperationInput{
		InstanceId: instance, Name: aws.String("Office"), TimeZone: aws.String("Europe/Berlin"), Tags: map[string]string{"team": "sales"},
		Config: []types.HoursOfOperationConfig{{Day: types.HoursOfOperationDaysFriday, StartTime: slice(9), EndTime: slice(17)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.UpdateHoursOfOperation(ctx, &connect.UpdateHoursOfOperationInput{
		InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationArn, Description: aws.String("When we are here"),
	}); err != nil {
		t.Fatal(err)
	}
	described, err := client.DescribeHoursOfOperation(ctx, &connect.DescribeHoursOfOperationInput{InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId})
	if err != nil {
		t.Fatal(err)
	}
	if h := described.HoursOfOperation; *h.Description != "When we are here" || len(h.Config) != 1 || *h.Config[0].StartTime.Hours != 9 || h.Tags["team"] != "sales" {
		t.Errorf("hours %+v", h)
	}
	override, err := client.CreateHoursOfOperationOverride(ctx, &connect.CreateHoursOfOperationOverrideInput{
		InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId, Name: aws.String("Christmas"), OverrideType: types.OverrideTypeClosed,
		EffectiveFrom: aws.String("2026-12-25"), EffectiveTill: aws.String("2036-12-25"), Config: []types.HoursOfOperationOverrideConfig{},
		RecurrenceConfig: &types.RecurrenceConfig{RecurrencePattern: &types.RecurrencePattern{Frequency: types.RecurrenceFrequencyYearly, Interval: aws.Int32(1)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	effective, err := client.GetEffectiveHoursOfOperations(ctx, &connect.GetEffectiveHoursOfOperationsInput{
		InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId, FromDate: aws.String("2026-12-18"), ToDate: aws.String("2026-12-25"),
	})
	if err != nil {
		t.Fatal(err)
	}
	days := effective.EffectiveHoursOfOperationList
	if len(days) != 8 || *effective.TimeZone != "Europe/Berlin" || len(days[0].OperationalHours) != 1 || *days[0].OperationalHours[0].End.Hours != 17 ||
		len(days[7].OperationalHours) != 0 || len(effective.EffectiveOverrideHoursList) != 1 ||
		effective.EffectiveOverrideHoursList[0].OverrideHours[0].OperationalStatus != types.OperationalStatusClosed {
		t.Errorf("effective hours %+v", effective)
	}
	if _, err := client.UpdateHoursOfOperationOverride(ctx, &connect.UpdateHoursOfOperationOverrideInput{
		InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId, HoursOfOperationOverrideId: override.HoursOfOperationOverrideId,
		Name: aws.String("Closed at Christmas"),
	}); err != nil {
		t.Fatal(err)
	}
	one, err := client.DescribeHoursOfOperationOverride(ctx, &connect.DescribeHoursOfOperationOverrideInput{
		InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId, HoursOfOperationOverrideId: override.HoursOfOperationOverrideId,
	})
	if err != nil || *one.HoursOfOperationOverride.Name != "Closed at Christmas" || one.HoursOfOperationOverride.RecurrenceConfig == nil {
		t.Errorf("override %+v, %v", one, err)
	}
	overrides := 0
	for pages := connect.NewListHoursOfOperationOverridesPaginator(client, &connect.ListHoursOfOperationOverridesInput{
		InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId,
	}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		overrides += len(page.HoursOfOperationOverrideList)
	}
	if overrides != 1 {
		t.Errorf("%d overrides", overrides)
	}

	queue, err := client.CreateQueue(ctx, &connect.CreateQueueInput{
		InstanceId: instance, Name: aws.String("Sales"), HoursOfOperationId: hours.HoursOfOperationId, MaxContacts: aws.Int32(5),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.UpdateQueueName(ctx, &connect.UpdateQueueNameInput{InstanceId: instance, QueueId: queue.QueueId, Name: aws.String("Shop")}); err != nil {
		t.Error(err)
	}
	if _, err := client.UpdateQueueStatus(ctx, &connect.UpdateQueueStatusInput{InstanceId: instance, QueueId: queue.QueueId, Status: types.QueueStatusDisabled}); err != nil {
		t.Error(err)
	}
	if _, err := client.UpdateQueueMaxContacts(ctx, &connect.UpdateQueueMaxContactsInput{InstanceId: instance, QueueId: queue.QueueId}); err != nil {
		t.Error(err)
	}
	got, err := client.DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: instance, QueueId: queue.QueueArn})
	if err != nil {
		t.Fatal(err)
	}
	if q := got.Queue; *q.Name != "Shop" || q.Status != types.QueueStatusDisabled || q.MaxContacts != nil || *q.HoursOfOperationId != *hours.HoursOfOperationId {
		t.Errorf("queue %+v", q)
	}
	names := map[string]bool{}
	for pages := connect.NewListQueuesPaginator(client, &connect.ListQueuesInput{InstanceId: instance}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range page.QueueSummaryList {
			names[*q.Name] = true
		}
	}
	if !names["BasicQueue"] || !names["Shop"] || len(names) != 2 {
		t.Errorf("queues %v", names)
	}
	_, err = client.DeleteHoursOfOperation(ctx, &connect.DeleteHoursOfOperationInput{InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId})
	if used := (*types.InvalidRequestException)(nil); !errors.As(err, &used) {
		t.Errorf("delete hours that a queue has: %v", err)
	}
	if _, err := client.DeleteQueue(ctx, &connect.DeleteQueueInput{InstanceId: instance, QueueId: queue.QueueId}); err != nil {
		t.Error(err)
	}
	if _, err := client.DeleteHoursOfOperationOverride(ctx, &connect.DeleteHoursOfOperationOverrideInput{
		InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId, HoursOfOperationOverrideId: override.HoursOfOperationOverrideId,
	}); err != nil {
		t.Error(err)
	}
	if _, err := client.DeleteHoursOfOperation(ctx, &connect.DeleteHoursOfOperationInput{InstanceId: instance, HoursOfOperationId: hours.HoursOfOperationId}); err != nil {
		t.Error(err)
	}
	listed, err := client.ListHoursOfOperations(ctx, &connect.ListHoursOfOperationsInput{InstanceId: instance})
	if err != nil || len(listed.HoursOfOperationSummaryList) != 1 || *listed.HoursOfOperationSummaryList[0].Name != "Basic Hours" {
		t.Errorf("hours %+v, %v", listed, err)
	}

	prompt, err := client.CreatePrompt(ctx, &connect.CreatePromptInput{InstanceId: instance, Name: aws.String("hello"), S3Uri: aws.String("s3://prompts/hello.wav")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.UpdatePrompt(ctx, &connect.UpdatePromptInput{InstanceId: instance, PromptId: prompt.PromptId, Description: aws.String("Hello!")}); err != nil {
		t.Error(err)
	}
	read, err := client.DescribePrompt(ctx, &connect.DescribePromptInput{InstanceId: instance, PromptId: prompt.PromptId})
	if err != nil || *read.Prompt.Description != "Hello!" {
		t.Errorf("prompt %+v, %v", read, err)
	}
	_, err = client.GetPromptFile(ctx, &connect.GetPromptFileInput{InstanceId: instance, PromptId: prompt.PromptId})
	if refused := (*types.InvalidRequestException)(nil); !errors.As(err, &refused) {
		t.Errorf("the file of a prompt: %v", err)
	}
	if _, err := client.DeletePrompt(ctx, &connect.DeletePromptInput{InstanceId: instance, PromptId: prompt.PromptId}); err != nil {
		t.Error(err)
	}
	if left, err := client.ListPrompts(ctx, &connect.ListPromptsInput{InstanceId: instance}); err != nil || len(left.PromptSummaryList) != 0 {
		t.Errorf("prompts %+v, %v", left, err)
	}
}
