create sequence private.plan_versions as bigint;
comment on sequence private.plan_versions is 'Numbers of what is said to the app plane about a tenant''s plan';
