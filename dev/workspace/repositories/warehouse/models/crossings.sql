select
    voyage_id,
    route,
    departed_at,
    arrived_at,
    arrived_at - scheduled_arrival as delay
from {{ ref('stg_voyages') }}
where cancelled_at is null
