// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IVault} from "../interfaces/IVault.sol";
import {BondMath} from "../libraries/BondMath.sol";
import {FailureCause} from "../types/Order.sol";
import {KeeperGateway} from "./KeeperGateway.sol";

/// @title Bonds of takers and fees of keepers
/// @notice The price of an order exists before the order is executed. A taker that sees it could make the losing order
/// fail (revoke the gateway, withdraw margin, trade the position away) and keep the winning one: a free option (T44).
/// So an order at the oracle's price binds a bond worth that option ({BondMath}), in collateral that the Vault holds for
/// it. A failure that the taker causes pays the bond to the LPs of the maker. Every other end frees it: a missed limit,
/// a state of the market, a lack of capacity.
///
/// Execution still needs the taker's approval of the gateway: an account that no longer trusts a gateway must be able
/// to revoke it at once. The bond is the price of doing so while an order is open.
///
/// An order against a spot-hedged maker fills at the pool's price of the fill, which does not exist before. It needs no
/// bond.
abstract contract OrderBonds is KeeperGateway {
    /// @notice The bond ratio is outside the range of a market whose orders can be executed for `validity` seconds. Ppm.
    error BondRatioOutOfRange(uint256 ratio, uint256 min, uint256 max);
    /// @notice A rule of the keeper fee is outside its range: gas of an execution, percent of the base fee, or wei.
    error KeeperFeeRuleOutOfRange(uint256 value, uint256 min, uint256 max);

    /// @notice Maximum bond, ppm of the notional.
    uint256 public constant MAX_BOND_RATIO = 200_000;
    /// @notice Range of the gas that an execution costs its keeper.
    uint256 public constant MIN_KEEPER_GAS = 100_000;
    uint256 public constant MAX_KEEPER_GAS = 10_000_000;
    /// @notice Range of the factor on the base fee, percent. Keepers also pay a priority fee.
    uint256 public constant MIN_BASE_FEE_FACTOR = 100;
    uint256 public constant MAX_BASE_FEE_FACTOR = 1_000;

    IVault private immutable _vault;

    constructor(IClearingHouse clearingHouse_) KeeperGateway(clearingHouse_) {
        _vault = clearingHouse_.vault();
    }

    /// @dev Reverts with BondRatioOutOfRange unless the ratio is worth the option of orders of this validity, at least
    /// at {BondMath-MIN_VOLATILITY}.
    /// @param ratio ppm of the notional
    /// @param validity seconds
    function _checkBondRatio(uint256 ratio, uint256 validity) internal pure {
        uint256 min = BondMath.ratioCeil(BondMath.MIN_VOLATILITY, validity);
        if (ratio < min || ratio > MAX_BOND_RATIO) revert BondRatioOutOfRange(ratio, min, MAX_BOND_RATIO);
    }

    /// @dev Reverts with KeeperFeeRuleOutOfRange. A fee of zero would leave orders to the keepers of their takers.
    /// @param keeperGas gas of an execution
    /// @param baseFeeFactor percent
    /// @param floor wei, at least one
    function _checkKeeperFeeRules(uint256 keeperGas, uint256 baseFeeFactor, uint256 floor) internal pure {
        _checkRange(keeperGas, MIN_KEEPER_GAS, MAX_KEEPER_GAS);
        _checkRange(baseFeeFactor, MIN_BASE_FEE_FACTOR, MAX_BASE_FEE_FACTOR);
        _checkRange(floor, 1, type(uint256).max);
    }

    /// @dev Minimum keeper fee of an order that is created in this block, wei, rounded down: the cost of its execution at
    /// the block's base fee, times the factor, plus the floor.
    function _minKeeperFee(uint256 keeperGas, uint256 baseFeeFactor, uint256 floor) internal view returns (uint256) {
        return floor + block.basefee * keeperGas * baseFeeFactor / 100;
    }

    function _requireKeeperFee(uint256 minFee) internal view {
        if (msg.value < minFee) revert KeeperFeeTooLow(msg.value, minFee);
    }

    /// @dev Binds the bond of an order. Reverts as {IVault-bindBond}.
    /// @param isExactBase whether the amount is base
    /// @param amount WAD
    /// @param ratio ppm of the notional
    /// @return bondXCD up
    function _bindBond(uint256 marketId, address taker, bool isExactBase, uint256 amount, uint256 ratio)
        internal
        returns (uint256 bondXCD)
    {
        return _vault.bindBond(taker, marketId, isExactBase ? amount : 0, isExactBase ? 0 : amount, ratio);
    }

    /// @dev Ends the bond of an order: pays it to the maker when the taker made the order fail, and frees it otherwise.
    /// An order whose maker is not registered has no LPs to pay, and could not execute at any price. When the owner of
    /// the exchange has withdrawn its approval of this gateway, the bond is free: a payment that reverts would leave the
    /// order open.
    /// @return paid whether the maker received it
    function _endBond(uint256 marketId, address taker, address maker, uint256 bondXCD, FailureCause cause)
        internal
        returns (bool paid)
    {
        if (bondXCD == 0) return false;
        paid = cause == FailureCause.Taker && clearingHouse.isGateway(address(this))
            && clearingHouse.marketOfMaker(maker) == marketId;
        if (paid) clearingHouse.payBond(marketId, taker, maker, bondXCD);
        else _vault.freeBond(taker, bondXCD);
    }

    function _checkRange(uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert KeeperFeeRuleOutOfRange(value, min, max);
    }
}
