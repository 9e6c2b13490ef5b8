select * from {{ source('events', 'voyages') }}
