// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IVault} from "../interfaces/IVault.sol";
import {AmountTooLarge} from "../types/Errors.sol";
import {PPM, WAD} from "../types/Units.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Bonds of orders: collateral that accounts hold in escrow at their gateways
/// @notice A bond makes it unprofitable to let an own order fail once its price is known (T44). Each pair of account and
/// gateway has an escrow of its own, in the storage word of the account's approval, so that a gateway reaches no other
/// escrow (T19). An order binds a part of the escrow. When the order ends, the bond is free again and serves the next
/// order, or the maker of the order receives it.
abstract contract Escrow is VaultBase {
    using SafeCast for uint256;

    /// @inheritdoc IVault
    function bindBond(uint256 marketId, address account, uint256 base, uint256 quote, uint256 ratio)
        external
        locked
        returns (uint256 bondXCD)
    {
        OperatorRecord memory record = _operators[account][msg.sender];
        if (!record.isApproved) revert NotAuthorized(account, msg.sender);
        bondXCD = _bond(marketId, base, quote, ratio);
        uint256 bound = uint256(record.boundXCD) + bondXCD;
        uint256 held = record.escrowXCD;
        if (bound > held) {
            _fillEscrow(marketId, account, bound - held);
            record.escrowXCD = bound.toUint112();
        }
        record.boundXCD = bound.toUint112();
        _operators[account][msg.sender] = record;
    }

    /// @inheritdoc IVault
    function freeBond(address account, uint256 bondXCD) external {
        OperatorRecord storage record = _operators[account][msg.sender];
        uint112 bound = record.boundXCD;
        record.boundXCD = bondXCD < bound ? bound - uint112(bondXCD) : 0;
    }

    /// @inheritdoc IVault
    function payBond(uint256 marketId, address account, address gateway, address maker, uint256 bondXCD)
        external
        onlyClearingHouse
        locked
        returns (uint256 paidXCD)
    {
        OperatorRecord memory record = _operators[account][gateway];
        // Less is bound only after the account has withdrawn its escrow from a gateway that was not approved then.
        paidXCD = Math.min(bondXCD, record.boundXCD);
        unchecked {
            // The bound part is part of the escrow.
            record.boundXCD -= uint112(paidXCD);
            record.escrowXCD -= uint112(paidXCD);
        }
        _operators[account][gateway] = record;
        _countFunds(-paidXCD.toInt256());
        _creditMargin(marketId, maker, paidXCD);
        emit BondPaid(marketId, account, maker, gateway, paidXCD);
    }

    /// @inheritdoc IVault
    function withdrawEscrow(address gateway) external locked returns (uint256 amountXCD) {
        OperatorRecord storage record = _operators[msg.sender][gateway];
        // The owner of the exchange has withdrawn its approval of the gateway, which can no longer pay bonds to makers.
        if (!IClearingHouse(clearingHouse).isGateway(gateway)) record.boundXCD = 0;
        amountXCD = _takeFreeEscrow(msg.sender, gateway);
        fundOf[msg.sender] += amountXCD;
    }

    /// @dev Removes the part of an escrow that no order binds. The caller credits or pays it.
    function _takeFreeEscrow(address account, address gateway) internal returns (uint256 amountXCD) {
        OperatorRecord storage record = _operators[account][gateway];
        amountXCD = record.escrowXCD - record.boundXCD;
        if (amountXCD == 0) return 0;
        record.escrowXCD = record.boundXCD;
        emit EscrowWithdrawn(account, gateway, amountXCD);
    }

    /// @dev Collateral of the account's fund, or of its free margin when the fund is smaller.
    function _fillEscrow(uint256 marketId, address account, uint256 amountXCD) private {
        uint256 fund = fundOf[account];
        if (fund < amountXCD) {
            _debitFreeMargin(marketId, account, amountXCD - fund, true);
            _countFunds((amountXCD - fund).toInt256());
            emit MarginToFund(marketId, account, amountXCD - fund);
            fund = amountXCD;
        }
        unchecked {
            fundOf[account] = fund - amountXCD;
        }
        emit EscrowFilled(account, msg.sender, amountXCD);
    }

    /// @dev Uses the price at which the market accrues, which the last fill set: that costs one storage read, and the
    /// four standard deviations of a bond leave room for a difference ({BondMath}).
    /// @return bondXCD up
    function _bond(uint256 marketId, uint256 base, uint256 quote, uint256 ratio)
        private
        view
        returns (uint256 bondXCD)
    {
        if (base > type(uint128).max) revert AmountTooLarge(base, type(uint128).max);
        if (quote > type(uint128).max) revert AmountTooLarge(quote, type(uint128).max);
        if (base != 0) {
            uint256 price = _markets[marketId].fees.price();
            if (price == 0) price = _price(marketId).unwrap();
            quote += Math.mulDiv(base, price, WAD, Math.Rounding.Ceil);
        }
        return Math.mulDiv(quote, ratio, PPM * assetScale, Math.Rounding.Ceil);
    }
}
