"""The pictures of the lessons: each function shows one picture, with alt text, and returns nothing."""

from classroom.show.activation.bending import bent_grid
from classroom.show.activation.boundary import decision_boundary
from classroom.show.activation.functions import activation_explorer
from classroom.show.activation.gradients import gradient_by_depth
from classroom.show.address_labels import address_labels
from classroom.show.attention.lookup import lookup
from classroom.show.attention.matrix import attention
from classroom.show.attention.softmax import softmax_explorer
from classroom.show.attention.spread import score_spread
from classroom.show.bars import bars
from classroom.show.decoder.masks import mask_explorer
from classroom.show.decoder.writing import writing
from classroom.show.depth.curves import training_curves
from classroom.show.depth.lines import by_layer
from classroom.show.depth.stack_differences import stack_differences
from classroom.show.depth.stack_gradients import stack_gradients
from classroom.show.depth.word import layer_norm_explorer
from classroom.show.encoder.guesses import guesses
from classroom.show.encoder.parameters import parameter_bars
from classroom.show.encoder.similarity import layer_similarity
from classroom.show.encoder.stack import encoder_stack
from classroom.show.heads.head_map import head_map
from classroom.show.heads.one_head import one_head
from classroom.show.heads.view import head_view
from classroom.show.position.clocks import clock_hands
from classroom.show.position.curves import by_position, position_similarity
from classroom.show.position.heat_map import position_map
from classroom.show.position.orders import orders
from classroom.show.reach_map import reach
from classroom.show.recurrence.alignment import alignment
from classroom.show.recurrence.by_length import by_length
from classroom.show.recurrence.memory import memory
from classroom.show.recurrence.receptive_field import receptive_field
from classroom.show.recurrence.timeline import timeline
from classroom.show.timing import timing
from classroom.show.training.live import live_training
from classroom.show.translation.diary import translations
from classroom.show.translation.padding import padding
from classroom.show.translation.rates import rates

__all__ = [
    "activation_explorer",
    "address_labels",
    "alignment",
    "attention",
    "bars",
    "bent_grid",
    "by_layer",
    "by_length",
    "by_position",
    "clock_hands",
    "decision_boundary",
    "encoder_stack",
    "gradient_by_depth",
    "guesses",
    "head_map",
    "head_view",
    "layer_norm_explorer",
    "layer_similarity",
    "live_training",
    "lookup",
    "mask_explorer",
    "memory",
    "one_head",
    "orders",
    "padding",
    "parameter_bars",
    "position_map",
    "position_similarity",
    "rates",
    "reach",
    "receptive_field",
    "score_spread",
    "softmax_explorer",
    "stack_differences",
    "stack_gradients",
    "timeline",
    "timing",
    "training_curves",
    "translations",
    "writing",
]
