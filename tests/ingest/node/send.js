// Sends what tests/ingest/test_official_clients.py asks for on its input, as a shop's program would.
"use strict";
const { Analytics } = require("@segment/analytics-node");
const { host, key, ids } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));

const analytics = new Analytics({ writeKey: key, host });
analytics.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
ids.forEach((messageId, number) => {
  const userId = `customer ${number % 50}`;
  if (number % 10 === 0) {
    analytics.identify({ userId, messageId, traits: { email: `${number % 50}@example.com` } });
  } else if (number % 10 === 1) {
    analytics.page({ userId, messageId, name: "home", properties: { url: "https://shop.example/" } });
  } else {
    const properties = { order_id: `node ${number}`, revenue: 19.99 };
    analytics.track({ userId, messageId, event: "Order Completed", properties });
  }
});
analytics.closeAndFlush({ timeout: 60000 });
