truncate feature_store;
