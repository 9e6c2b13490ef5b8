select route, percentile_cont(0.9) within group (order by delay)
from crossings
group by route
